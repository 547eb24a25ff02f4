import CajalTerminal
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("数字", 4), ("한글", 4), ("😀", 2), ("👩‍👩‍👧", 2), ("🇪🇸", 2),
    ("❤️", 2), ("\u{1B}[1;32mok\u{1B}[0m", 2), ("─━╸", 3), ("a\u{7}b", 2), ("ﬁ", 1), ("\u{1B}", 0), ("\u{1B}[12", 0),
  ])
  func displayWidth(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func cutAndFilled() {
    #expect("convolution".truncated(to: 5) == "conv…")
    #expect("conv".truncated(to: 4) == "conv")
    #expect("数字数字".truncated(to: 6) == "数字…")
    #expect("abc".truncated(to: 0) == "")
    #expect("数".padded(to: 5, .center) == " 数  ")
    #expect("7".padded(to: 3, .trailing) == "  7")
    #expect("long".padded(to: 2) == "long")
  }

  @Test func namesStayOnOneLine() {
    #expect("a\r\nb\tc\u{2028}d\u{1B}e".onOneLine == "a b c d e")
    #expect("数字 👩‍👩‍👧".onOneLine == "数字 👩‍👩‍👧")
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (62_378_344, "62,378,344"), (-1_234, "-1,234"),
    (.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(value: Int, text: String) {
    #expect(Format.count(value) == text)
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1_000, "1.00 kB"), (12_345, "12.3 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
    (12_300_000, "12.3 MB"), (4_200_000_000, "4.20 GB"), (.max, "9.22 EB"), (-2_500, "-2.50 kB"),
  ])
  func bytes(value: Int, text: String) {
    #expect(Format.bytes(value) == text)
  }

  @Test(arguments: [
    (0, "0 s"), (0.000_412, "412 µs"), (0.000_999_6, "1 ms"), (0.085, "85 ms"), (0.999_6, "1.0 s"), (5.23, "5.2 s"),
    (9.96, "10 s"),
    (59.4, "59 s"), (59.6, "1 min"), (65, "1 min 5 s"), (3_599.7, "1 h"), (7_380, "2 h 3 min"), (86_399, "1 d"),
    (100_800, "1 d 4 h"), (-1, "?"), (.nan, "?"), (.infinity, "?"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(Format.duration(seconds) == text)
  }

  @Test(arguments: [
    (0.0312, "0.0312"), (0, "0.0000"), (0.000_012_34, "1.234e-05"), (123.456_78, "123.4568"), (1_234.567, "1234.57"),
    (1e12, "1.000e+12"), (-0.5, "-0.5000"), (.nan, "NaN"), (-.infinity, "-inf"),
  ])
  func metrics(value: Double, text: String) {
    #expect(Format.metric(value) == text)
  }

  @Test func ratesAndPercents() {
    #expect(Format.rate(12_345.4) == "12,345")
    #expect(Format.rate(87.46) == "87.5")
    #expect(Format.rate(0.421) == "0.42")
    #expect(Format.rate(.infinity) == "?")
    #expect(Format.percent(0.98714) == "98.71 %")
    #expect(Format.percent(.nan) == "?")
    #expect(Format.fixed(1e300, digits: 2).count == 304)
  }

  @Test func nearNames() {
    let tasks = ["car", "concrete", "digits", "fashion", "mnist"]
    #expect(nearestName(to: "digts", in: tasks) == "digits")
    #expect(nearestName(to: "MNSIT", in: tasks) == "mnist")
    #expect(nearestName(to: "conc", in: tasks) == "concrete")
    #expect(nearestName(to: "cat", in: tasks) == "car")
    #expect(nearestName(to: "resnet", in: tasks) == nil)
    #expect(nearestName(to: "", in: tasks) == nil)
    #expect(nearestName(to: String(repeating: "d", count: 100_000), in: tasks) == nil)
    #expect(didYouMean("fasion", in: tasks) == " Did you mean 'fashion'?")
    #expect(didYouMean("xyz", in: tasks) == "")
  }

  @Test func sparklines() {
    #expect(sparkline([8, 4, 2, 1, 0]) == "█▅▃▂▁")
    #expect(sparkline([0, 1], in: Terminal(isInteractive: false, allowsUnicode: false)) == "_#")
    #expect(sparkline([1, 1, .nan, 1]) == "▁▁ ▁")
    #expect(sparkline([0, 0, 9, 9], width: 2) == "▁█")
    #expect(sparkline([]) == "")
    #expect(sparkline([.nan]) == " ")
    #expect(sparkline([-.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == "▁█")
  }

  @Test func shadedPictures() {
    #expect(shadedMap([[0, 16], [8, 0]]) == "  ██\n▒▒\n")
    #expect(shadedMap([[.nan, 5]], range: 0...10) == "??▒▒\n")
    #expect(shadedMap([[1, 1]]) == "\n")
  }
}
