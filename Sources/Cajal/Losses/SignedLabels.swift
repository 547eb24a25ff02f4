extension Tensor {
  /// Labels as -1 and 1: where all of them are 0 or 1, 2t - 1; otherwise as they are.
  ///
  /// Decided for the whole batch at once, as Keras does: a 0 among -1 and 1 stays 0 and takes no part.
  func signedLabels() -> Tensor {
    let areBinary = (self .== 0).or(self .== 1).all()
    return areBinary.select(2 * self - 1, self)
  }
}
