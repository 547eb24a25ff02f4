// Softmax and cross-entropy over the last axis.
import CajalGraph
import VectorKernels

/// Rows and row length of a tensor's last axis.
private func rows(_ shape: Shape) -> (rows: Int64, n: Int64) {
  (Int64(shape.count / max(shape.last, 1)), Int64(shape.last))
}

private func softmax(_ site: Site, label: String, logarithmic: Int32) -> Kernel {
  let kernel = Kernel(label, implementation: "rows")
  let (rows, n) = rows(site.inputs[0].shape)
  let arguments = vk_softmax_arguments(
    x: nil, y: nil, threads: site.threads(bytes: 8 * site.inputs[0].type.byteCount), logarithmic: logarithmic,
    rows: rows, n: n)
  _ = kernel.add(vk_softmax, arguments, [(0, \.x), (1, \.y)])
  kernel.needs.inPlace = [(0, 0)]
  return kernel
}

extension Softmax: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype == .float32 && inputs[0].shape.last > 0 }
  func lower(_ site: Site) throws -> Kernel { softmax(site, label: label, logarithmic: 0) }
}

extension LogSoftmax: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype == .float32 && inputs[0].shape.last > 0 }
  func lower(_ site: Site) throws -> Kernel { softmax(site, label: label, logarithmic: 1) }
}

extension SoftmaxCrossEntropy: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool {
    inputs[0].dtype == .float32 && inputs[0].shape.last > 0 && inputs[1].dtype.index != nil
  }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "rows")
    let (rows, n) = rows(site.inputs[0].shape)
    let isSparse = site.inputs[1].type.dtype != .float32
    let flag = isSparse ? kernel.indexErrors(site.path, count: Int(n), ids: site.inputs[1]) : nil
    let arguments = vk_cross_entropy_arguments(
      logits: nil, labels: nil, targets: nil, row_gradient: nil, loss: nil, probabilities: nil, gradient: nil,
      error: flag,
      threads: site.threads(bytes: 10 * site.inputs[0].type.byteCount),
      label_type: isSparse ? site.inputs[1].type.dtype.index ?? 0 : 0,
      scale: 1, rows: rows, n: n)
    let memory = kernel.add(vk_cross_entropy, arguments, [(0, \.logits), (2, \.loss)])
    if isSparse {
      kernel.attach(1, kernel.slot(memory, \.labels))
    } else {
      kernel.attach(1, kernel.slot(memory, \.targets))
    }
    if site.isUsed[1] { kernel.attach(3, kernel.slot(memory, \.probabilities)) }
    return kernel
  }
}
