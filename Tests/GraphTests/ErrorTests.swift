// Every mistake has its exact words.
import CajalGraph
import Testing

@Suite struct ErrorTests {
  @Test(arguments: Table.errors) func says(_ sample: ErrorSample) {
    do {
      let types = try sample.operation.result(sample.inputs)
      Issue.record("expected an error, but the result is \(types)")
    } catch let error as CajalError {
      #expect(error.description == sample.text)
    } catch {
      Issue.record("\(error) is not a CajalError")
    }
  }
}
