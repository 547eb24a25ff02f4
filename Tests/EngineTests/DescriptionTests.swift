import Cajal
import Testing

@Suite struct DescriptionTests {
  @Test func values() {
    #expect("\(Tensor([1, 2.5, -0.125]))" == "[1, 2.5, -0.125]")
    #expect("\(Tensor([[1, 2], [3, 4]]))" == "[[1, 2],\n [3, 4]]")
    #expect("\(Tensor(3) .> 2)" == "true bool")
    #expect("\(Tensor([Int32(7)], shape: [1]))" == "[7] int32")
    #expect("\(Tensor.range(100))" == "[0, 1, 2, 3, …, 96, 97, 98, 99]")
    #expect("\(Tensor([1 / 3, 1e-9, .infinity, .nan]))" == "[0.333333, 1e-09, inf, nan]")
    #expect("\(Tensor.zeros([0, 3]))" == "[]")
  }
}
