import Testing

/// How the program answers to being called, rightly and wrongly.
@Suite struct CallingTests {
  private static let commands = [
    "train", "evaluate", "predict", "summary", "convert", "tasks", "models", "data", "profile", "program", "bench",
  ]

  @Test(arguments: commands)
  func everyCommandExplainsItself(command: String) throws {
    let place = try ScratchDirectory()
    let first = try cajal(command, "--help", in: place)
    #expect(first.status == 0)
    #expect(first.errors.isEmpty)
    for part in ["Usage:\n  cajal \(command)", "Options:\n", "--help", "Examples:\n  cajal \(command)"] {
      #expect(first.output.contains(part), "\(command) --help lacks \(part)")
    }
    #expect(try cajal("help", command, in: place).output == first.output)
    #expect(try cajal(command, "more", "-h", in: place).output == first.output)
  }

  @Test func theProgramExplainsItself() throws {
    let place = try ScratchDirectory()
    let bare = try cajal(in: place)
    #expect(bare.status == 0)
    for command in Self.commands { #expect(bare.output.contains("\n  \(command) ")) }
    #expect(try cajal("--help", in: place).output == bare.output)
    let version = try cajal("--version", in: place)
    #expect(version.status == 0 && version.output.hasPrefix("cajal ") && version.output.hasSuffix("\n"))
  }

  @Test(
    arguments: [
      (["trian"], 2, "cajal: there is no command 'trian'. Did you mean 'train'?\nSee 'cajal --help'.\n"),
      (["--verson"], 2, "cajal: there is no option '--verson'. Did you mean '--version'?\nSee 'cajal --help'.\n"),
      (
        ["train", "digts"], 2,
        "cajal train: there is no task 'digts'; the tasks are digits, mnist, fashion, concrete, car, "
          + "vae, reduction, compression, denoising, anomaly, retrieval, recommendation, fewlabels, "
          + "rbm-mnist, rbm-features, rbm-filling, rbm-balance, rbm-ratings, dbn-mnist, dbm-mnist, gan, wgan, cgan, dcgan. "
          + "Did you mean 'digits'?\nSee 'cajal train --help'.\n"
      ),
      (
        ["train"], 2,
        "cajal train: TASK is missing: what to learn: digits, mnist, fashion, concrete, car, or another of 'cajal tasks'.\n"
          + "See 'cajal train --help'.\n"
      ),
      (
        ["train", "digits", "--batch", "0"], 2,
        "cajal train: --batch expects a whole number from 1 to 1000000, but '0' was given.\nSee 'cajal train --help'.\n"
      ),
      (
        ["predict", "here", "a.png", "--output", "a.txt"], 2,
        "cajal predict: --output expects a file that ends in .csv or .npy, but 'a.txt' was given.\nSee 'cajal predict --help'.\n"
      ),
      (
        ["data", "got"], 2, "cajal data: 'got' is neither list nor get. Did you mean 'get'?\nSee 'cajal data --help'.\n"
      ),
      (["data", "get"], 2, "cajal data: 'get' needs a name: cajal data get NAME.\nSee 'cajal data --help'.\n"),
      (
        ["summary", "resnet"], 1,
        "cajal: resnet: expected a saved model or an architecture, but it is neither. The architectures are lenet5, "
          + "lenet5-original, alexnet, alexnet-two-groups, vgg16, resnet50, mobilenet. Did you mean 'resnet50'?\n"
      ),
      (
        ["profile", "resnet"], 1,
        "cajal: resnet: expected a saved model, an architecture or a workload, but it is none. The architectures are lenet5, "
          + "lenet5-original, alexnet, alexnet-two-groups, vgg16, resnet50, mobilenet; the workloads w01, w02, w03, w04, w05, "
          + "w06, w07, w08, w09, w09g, w09r, w10, w11, w12, w13, w14, w15, w16, w17, w18. Did you mean 'resnet50'?\n"
      ),
      (
        ["program", "w18", "--train"], 1,
        "cajal: w18: expected a workload that trains, but it predicts only. Leave out --train.\n"
      ),
      (
        ["profile", "w01", "--trace", "/dev/null/x"], 1,
        "cajal: /dev/null/x: expected a file that can be written, but the system says: Not a directory. "
          + "Choose another place with --trace FILE.\n"
      ),
      (
        ["program", "lenet5", "--batch", "0"], 2,
        "cajal program: --batch expects a whole number from 1 to 1000000, but '0' was given.\nSee 'cajal program --help'.\n"
      ),
      (
        ["bench", "w03-tran"], 1,
        "cajal: bench: expected one of w01, w02, w03, w04, w05, w06, w07, w08, w09, w09g, w09r, w10, w11, w12, w13, w14, w15, "
          + "w16, w17, w18, cold, rss, but it is 'w03-tran'. Did you mean 'w03-train'?\n"
      ),
      (
        ["bench", "--jsn"], 2,
        "cajal bench: there is no option '--jsn'. Did you mean '--json'?\nSee 'cajal bench --help'.\n"
      ),
      (
        ["predict", "nowhere", "a.png"], 1,
        "cajal: nowhere: expected a saved model, but there is none at this path. Train one with 'cajal train digits'.\n"
      ),
      (
        ["evaluate", "nowhere", "digits"], 1,
        "cajal: nowhere: expected a saved model, but there is none at this path. Train one with 'cajal train digits'.\n"
      ),
      (
        ["train", "digits", "--output", "/dev/null/x"], 1,
        "cajal: /dev/null/x: expected a directory that can be written, but the system says: Not a directory. "
          + "Choose another place with --output DIR.\n"
      ),
    ] as [([String], Int32, String)])
  func mistakes(words: [String], status: Int32, message: String) throws {
    let result = try CajalProcess(words, in: ScratchDirectory()).finish()
    #expect(result.status == status)
    #expect(result.errors == message)
    #expect(result.output.isEmpty)
  }

  @Test func anUnknownDataSetGetsTheNearestName() throws {
    let result = try cajal("data", "get", "mnst", in: ScratchDirectory())
    #expect(result.status == 2)
    #expect(result.errors.contains("there is no data set 'mnst'; there are digits, mnist,"))
    #expect(result.errors.contains("Did you mean 'mnist'?"))
  }

  @Test func missingDataSaysHowToGetIt() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "mnist", "--data", place.path, in: place)
    #expect(result.status == 1)
    #expect(result.errors.contains("cajal data get mnist"))
    #expect(result.errors.contains(place.path))
    #expect(!place.has("output"), "nothing is made where nothing can be trained")
  }

  /// Whatever computes says so before its first number.
  @Test(arguments: [["bench", "w18"], ["train", "digits"], ["profile", "w04"], ["program", "w04"]])
  func aMachineWithoutOneDNNIsToldWhatToDo(words: [String]) throws {
    let directory = try ScratchDirectory()
    let result = try CajalProcess(words, in: directory, environment: ["CAJAL_ONEDNN": directory.path]).finish()
    #expect(result.status == 1)
    #expect(result.errors.contains("CAJAL_ONEDNN"))
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test func aServerThatIsNotThereIsSaidInOneSentence() throws {
    let place = try ScratchDirectory()
    let proxy = "http://127.0.0.1:9"
    let result = try cajal(
      "data", "get", "car", "--data", place.path, in: place,
      environment: ["https_proxy": proxy, "http_proxy": proxy, "HTTPS_PROXY": proxy])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("cajal: https://"))
    #expect(result.errors.contains("it continues where it stopped"))
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func listsAreComplete() throws {
    let place = try ScratchDirectory()
    let tasks = try cajal("tasks", in: place)
    #expect(tasks.status == 0)
    for name in ["digits", "mnist", "fashion", "concrete", "car", "gan", "wgan", "cgan", "dcgan"] {
      #expect(tasks.output.contains("\n\(name) "))
    }
    let models = try cajal("models", in: place)
    for name in ["lenet5", "alexnet", "vgg16", "resnet50", "mobilenet"] {
      #expect(models.output.contains("\n\(name) "))
    }
    let data = try cajal("data", "list", in: place)
    #expect(data.status == 0 && data.output.contains("mnist") && data.output.contains("yes"))
    #expect(try cajal("data", "get", "digits", in: place).output.contains("comes with cajal"))
  }

  @Test(arguments: [
    ("lenet5", "61,706"), ("alexnet", "62,378,344"), ("vgg16", "138,357,544"), ("resnet50", "25,636,712"),
    ("mobilenet", "4,253,864"),
  ])
  func summariesCount(name: String, parameters: String) throws {
    let result = try cajal("summary", name, in: ScratchDirectory())
    #expect(result.status == 0)
    #expect(result.output.contains("Parameters: \(parameters) ("))
  }
}
