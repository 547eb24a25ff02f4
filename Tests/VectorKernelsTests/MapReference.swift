import Foundation
import VectorKernels

/// One operation in double precision, written from its definition.
func reference(_ i: vk_instruction, _ a: Double, _ b: Double, _ c: Double) -> Double {
  let x = i.scale == 1 && i.shift == 0 ? a : i.scale * a + i.shift
  func truth(_ claim: Bool) -> Double { claim ? 1 : 0 }
  return switch vk_operation(UInt32(i.op)) {
  case VK_AFFINE: x
  case VK_NEG: -x
  case VK_ABS: abs(x)
  case VK_SIGN: x > 0 ? 1 : x < 0 ? -1 : x
  case VK_EXP: exp(x)
  case VK_EXPM1: expm1(x)
  case VK_LOG: log(x)
  case VK_LOG1P: log1p(x)
  case VK_SQRT: x.squareRoot()
  case VK_RSQRT: 1 / x.squareRoot()
  case VK_RECIPROCAL: 1 / x
  case VK_SQUARE: x * x
  case VK_TANH: tanh(x)
  case VK_SIGMOID: 1 / (1 + exp(-x))
  case VK_RELU: x.isNaN ? x : max(x, 0)
  case VK_SOFTPLUS: x > 40 ? x : log1p(exp(x))
  case VK_ERF: erf(x)
  case VK_SIN: sin(x)
  case VK_COS: cos(x)
  case VK_TAN: tan(x)
  case VK_ASIN: asin(x)
  case VK_ACOS: acos(x)
  case VK_ATAN: atan(x)
  case VK_SINH: sinh(x)
  case VK_COSH: cosh(x)
  case VK_ASINH: asinh(x)
  case VK_ACOSH: acosh(x)
  case VK_ATANH: atanh(x)
  case VK_FLOOR: x.rounded(.down)
  case VK_CEIL: x.rounded(.up)
  case VK_ROUND: x.rounded(.toNearestOrEven)
  case VK_TRUNC: x.rounded(.towardZero)
  case VK_NOT: truth(x == 0)
  case VK_ISFINITE: truth(x.isFinite)
  case VK_ISNAN: truth(x.isNaN)
  case VK_CONSTANT: i.shift
  case VK_ADD: a + b
  case VK_SUB: a - b
  case VK_MUL: a * b
  case VK_DIV: a / b
  case VK_POW: pow(a, b)
  case VK_MAX: a.isNaN || b.isNaN ? .nan : max(a, b)
  case VK_MIN: a.isNaN || b.isNaN ? .nan : min(a, b)
  case VK_MOD: b == 0 ? .nan : b.isInfinite && a.isFinite && a != 0 && (a < 0) != (b < 0) ? b : floorMod(a, b)
  case VK_ATAN2: atan2(a, b)
  case VK_EQ: truth(a == b)
  case VK_NE: truth(a != b)
  case VK_LT: truth(a < b)
  case VK_LE: truth(a <= b)
  case VK_GT: truth(a > b)
  case VK_GE: truth(a >= b)
  case VK_AND: truth(a != 0 && b != 0)
  case VK_OR: truth(a != 0 || b != 0)
  case VK_GATE: tanh(i.scale * a + i.shift) / (1 + exp(-b))
  case VK_ADD_RELU: a + (i.scale * b + i.shift < 0 ? 0 : i.scale * b + i.shift)
  case VK_OVER_ROOT: a / (i.scale * b.squareRoot() + i.shift)
  case VK_COMBINE: i.scale * a + i.shift * b
  case VK_SELECT: c != 0 ? a : b
  case VK_FMA: a * b + c
  case VK_FNMA: c - a * b
  case VK_COMBINE_PRODUCT: i.scale * a + i.shift * b * c
  case VK_COMBINE_QUOTIENT: i.scale * a + i.shift * b / c
  default: .nan
  }
}

private func floorMod(_ a: Double, _ b: Double) -> Double {
  let r = fmod(a, b)
  return r != 0 && (r < 0) != (b < 0) ? r + b : r
}

/// Values of all registers at one index of a segment.
private func registers(_ program: [vk_instruction], _ inputs: [Double]) -> [Double] {
  var r = [Double](repeating: .nan, count: 256)
  for (k, x) in inputs.enumerated() { r[k] = x }
  for i in program { r[Int(i.dst)] = reference(i, r[Int(i.a)], r[Int(i.b)], r[Int(i.c)]) }
  return r
}

/// What each output's storage should hold: element index to value, by (segment, output).
func expected(inputs: Int, outputs: [vk_output], program: [vk_instruction], segments: [PlacedSegment])
  -> [[[Int: Double]]]
{
  var across = [Double?](repeating: nil, count: outputs.count)
  var result = segments.map { segment -> [[Int: Double]] in
    var values = [[Int: Double]](repeating: [:], count: outputs.count)
    var index = [Int](repeating: 0, count: segment.dims.count)
    for _ in 0..<segment.dims.reduce(1, *) {
      func position(_ o: Int) -> Int {
        segment.operands[o].origin + zip(index, segment.operands[o].strides).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let r = registers(program, (0..<inputs).map { segment.operands[$0].storage[position($0)] })
      for (o, out) in outputs.enumerated() {
        let at = position(inputs + o), x = r[Int(out.reg)]
        values[o][at] = merged(vk_mode(UInt32(out.mode)), values[o][at], x)
        if out.across_segments != 0 { across[o] = merged(vk_mode(UInt32(out.mode)), across[o], x) }
      }
      for k in index.indices.reversed() {
        index[k] += 1
        if index[k] < segment.dims[k] { break }
        index[k] = 0
      }
    }
    return values
  }
  for (o, out) in outputs.enumerated() {
    for s in segments.indices {
      if out.across_segments != 0, let total = across[o] {
        result[s][o] = s == 0 ? [segments[0].operands[inputs + o].origin: total] : [:]
      }
      if out.mode != UInt8(VK_STORE.rawValue) { result[s][o] = result[s][o].mapValues { $0 * out.scale } }
    }
  }
  return result
}

private func merged(_ mode: vk_mode, _ sum: Double?, _ x: Double) -> Double {
  switch mode {
  case VK_REDUCE_SUM: (sum ?? 0) + x
  case VK_REDUCE_PROD: (sum ?? 1) * x
  case VK_REDUCE_MAX: sum.map { $0.isNaN || x.isNaN ? .nan : max($0, x) } ?? x
  case VK_REDUCE_MIN: sum.map { $0.isNaN || x.isNaN ? .nan : min($0, x) } ?? x
  case VK_REDUCE_ALL: (sum ?? 1) != 0 && x != 0 ? 1 : 0
  case VK_REDUCE_ANY: (sum ?? 0) != 0 || x != 0 ? 1 : 0
  default: x
  }
}
