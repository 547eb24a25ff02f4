// The data sets known by name: what they are and where they come from. How each is read lies beside.
import Cajal

/// A data set known by name.
public struct BuiltInDataSet: Sendable {
  /// What it is asked for by: `mnist`.
  public let name: String
  /// One sentence.
  public let summary: String
  /// Under what terms it may be used.
  public let licence: String
  /// Page of the people who made it.
  public let page: String
  /// What `fetch` gets; empty if it comes with the library.
  public let files: [DataFile]
  /// How to get the files that have no address of their own.
  public var byHand: String?
  let read: @Sendable (DataSearch) throws -> DataSplit

  /// Reads the samples from the caller's folder, `$CAJAL_DATA` or the cache.
  ///
  /// Errors: `.missing` saying how to get it; `.format` naming the file for anything damaged.
  public func load(folder: String? = nil) throws -> DataSplit { try read(DataSearch(folder: folder)) }

  /// Whether everything that `load` needs is there.
  public func isPresent(folder: String? = nil) -> Bool {
    let search = DataSearch(folder: folder)
    return files.isEmpty ? (try? Resources.path("digits.csv.gz")) != nil : Places.arePresent(self, search)
  }

  /// Gets the files that are not yet in the cache, or in another folder.
  public func fetch(
    into folder: String? = nil, downloader: Downloader = Downloader(),
    progress: (DownloadProgress) throws -> Void = { _ in }
  ) throws {
    for file in files {
      if let byHand, file.urls.isEmpty {
        guard !isPresent(folder: folder) else { continue }
        throw CajalError(
          .unsupported, file.name, expected: "a file with an address of its own", given: "it comes in an archive",
          advice: byHand)
      }
      try downloader.fetch(file, into: "\(folder ?? DataSearch.cache())/\(name)", progress: progress)
    }
  }
}

/// A data set in its two parts, as its makers cut it or, where they did not, 80 to 20 by a fixed seed (by class).
public struct DataSplit: Sendable {
  /// Samples to learn from.
  public var train: Dataset
  /// Samples held out to judge by.
  public var test: Dataset
  /// Names of the classes in the order of the labels; of characters for text; `nil` for numbers.
  public var classNames: [String]?
  /// How the table became numbers, for tables.
  public var encoder: TableEncoder?
}

/// The data sets known by name.
public enum DataSets {
  /// Errors: `.missing` with the names there are.
  public static func named(_ name: String) throws -> BuiltInDataSet {
    guard let found = all.first(where: { $0.name == name.lowercased() }) else {
      throw CajalError(
        .missing, "data set '\(name)'", expected: "one of \(all.map(\.name).joined(separator: ", "))",
        given: "there is none of that name")
    }
    return found
  }

  /// Every data set: images, tables, text.
  public static let all: [BuiltInDataSet] = [
    digits, mnist, fashion, cifar10, optdigits, concrete, car, iris, wine, breastCancer, ecg5000, movieLens,
    shakespeare,
  ]

  private static let uci = "https://archive.ics.uci.edu/ml/machine-learning-databases"
  private static let uciPage = "https://archive.ics.uci.edu"
  private static let byAttribution = "CC BY 4.0"

  /// 1797 handwritten digits, input `float32[8, 8, 1]` in 0…1.
  public static let digits = BuiltInDataSet(
    name: "digits", summary: "1797 handwritten digits, 8 x 8 grey; comes with the library",
    licence: byAttribution, page: "\(uciPage)/dataset/80", files: []
  ) { _ in try Reading.smallDigits(try Resources.path("digits.csv.gz")) }

  /// 60000 + 10000 handwritten digits, input `float32[28, 28, 1]` in 0…1.
  public static let mnist = BuiltInDataSet(
    name: "mnist", summary: "70000 handwritten digits, 28 x 28 grey", licence: "CC BY-SA 3.0",
    page: "https://yann.lecun.org/exdb/mnist",
    files: mnistFiles(
      [
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
      ],
      [
        "https://ossci-datasets.s3.amazonaws.com/mnist",
        "https://storage.googleapis.com/cvdf-datasets/mnist",
      ])
  ) { try Reading.mnistLike($0, "mnist", (0...9).map(String.init)) }

  /// 60000 + 10000 pictures of clothes, input `float32[28, 28, 1]` in 0…1.
  public static let fashion = BuiltInDataSet(
    name: "fashion", summary: "70000 pictures of clothes in 10 classes, 28 x 28 grey", licence: "MIT",
    page: "https://github.com/zalandoresearch/fashion-mnist",
    files: mnistFiles(
      [
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
      ], ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"])
  ) {
    try Reading.mnistLike(
      $0, "fashion",
      [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
      ])
  }

  /// 50000 + 10000 small photographs, input `float32[32, 32, 3]` in 0…1; a folder of pictures is taken too.
  public static let cifar10 = BuiltInDataSet(
    name: "cifar10", summary: "60000 photographs in 10 classes, 32 x 32 RGB", licence: "not stated",
    page: "https://www.cs.toronto.edu/~kriz/cifar.html",
    files: [
      DataFile(
        Cifar.archive, size: 170_052_171, sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        urls: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"])
    ]
  ) { try Cifar.read($0) }

  /// 3823 + 1797 handwritten digits, input `float32[8, 8, 1]` in 0…1.
  public static let optdigits = BuiltInDataSet(
    name: "optdigits", summary: "5620 handwritten digits, 8 x 8 grey", licence: byAttribution,
    page: "\(uciPage)/dataset/80",
    files: [
      DataFile(
        "optdigits.tra", size: 563639, sha256: "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd",
        urls: ["\(uci)/optdigits/optdigits.tra"]),
      DataFile(
        "optdigits.tes", size: 264712, sha256: "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8",
        urls: ["\(uci)/optdigits/optdigits.tes"]),
    ]
  ) { try Reading.optdigits($0) }

  /// 1030 mixtures: 8 amounts and the age, target the compressive strength in MPa (`float32[1]`).
  public static let concrete = BuiltInDataSet(
    name: "concrete", summary: "compressive strength of 1030 concrete mixtures, 8 features", licence: byAttribution,
    page: "\(uciPage)/dataset/165",
    files: [
      DataFile(
        "concrete.csv", size: 48653, sha256: "d7d8bd087f832935e902bcb2687667238cac3fe06799677a93ca2f46dce8db02",
        urls: [
          "https://raw.githubusercontent.com/stedy/Machine-Learning-with-R-datasets/"
            + "72e6b6cc91bc2bb08eb6f99f52c033677cb70c1a/concrete.csv"
        ])
    ]
  ) { try Reading.table($0, "concrete", file: "concrete.csv", target: "strength", isClass: false) }

  /// 1728 cars by 6 categories, one-hot `float32[21]`; 4 classes.
  public static let car = BuiltInDataSet(
    name: "car", summary: "1728 cars judged by 6 categories, 4 classes", licence: byAttribution,
    page: "\(uciPage)/dataset/19",
    files: [
      DataFile(
        "car.data", size: 51867, sha256: "b703a9ac69f11e64ce8c223c0a40de4d2e9d769f7fb20be5f8f2e8a619893d83",
        urls: ["\(uci)/car/car.data"])
    ]
  ) {
    try Reading.table(
      $0, "car", file: "car.data", target: "class", isClass: true,
      names: ["buying", "maint", "doors", "persons", "lug_boot", "safety", "class"])
  }

  /// 150 flowers by 4 lengths in cm, 3 species.
  public static let iris = BuiltInDataSet(
    name: "iris", summary: "150 irises by 4 lengths, 3 species", licence: byAttribution, page: "\(uciPage)/dataset/53",
    files: [
      DataFile(
        "iris.data", size: 4551, sha256: "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0",
        urls: ["\(uci)/iris/iris.data"])
    ]
  ) {
    try Reading.table(
      $0, "iris", file: "iris.data", target: "species", isClass: true,
      names: ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"])
  }

  /// 178 wines by 13 measurements, 3 cultivars.
  public static let wine = BuiltInDataSet(
    name: "wine", summary: "178 wines by 13 measurements, 3 cultivars", licence: byAttribution,
    page: "\(uciPage)/dataset/109",
    files: [
      DataFile(
        "wine.data", size: 10782, sha256: "6be6b1203f3d51df0b553a70e57b8a723cd405683958204f96d23d7cd6aea659",
        urls: ["\(uci)/wine/wine.data"])
    ]
  ) { try Reading.wine($0) }

  /// 569 tumours by 30 measurements, B or M.
  public static let breastCancer = BuiltInDataSet(
    name: "breast-cancer", summary: "569 breast tumours by 30 measurements, benign or malignant",
    licence: byAttribution, page: "\(uciPage)/dataset/17",
    files: [
      DataFile(
        "wdbc.data", size: 124103, sha256: "d606af411f3e5be8a317a5a8b652b425aaf0ff38ca683d5327ffff94c3695f4a",
        urls: ["\(uci)/breast-cancer-wisconsin/wdbc.data"])
    ]
  ) { try Reading.breastCancer($0) }

  /// 500 + 1500 heartbeats of 140 values, input `float32[140]`; 5 classes, the first is normal.
  ///
  /// Of the 4500 beats that its makers hold out, 1500 or, where `ECG5000_TEST.txt` is there, all.
  public static let ecg5000 = BuiltInDataSet(
    name: "ecg5000", summary: "heartbeats of 140 values, normal and 4 other classes", licence: "not stated",
    page: "https://www.timeseriesclassification.com/description.php?Dataset=ECG5000",
    files: [
      DataFile(
        "ECG5000_TRAIN.txt", size: 1_128_500,
        sha256: "0d96aff193311a6dc6111bf0dbd2f7d2313987fbf7a1da4a383d92563876057b", urls: []),
      DataFile(
        "ECG5000_TEST_1500rows.txt.gz", size: 1_113_335,
        sha256: "cc11f03d46e2a68fd5ce519c7e906b460606e89029c09dace661bddd720e813f", urls: []),
    ],
    byHand: "Get ECG5000.zip from timeseriesclassification.com and put its ECG5000_TRAIN.txt and ECG5000_TEST.txt "
      + "into a folder ecg5000 of the data folder."
  ) { try Reading.heartbeats($0) }

  /// 100,836 ratings from 0.5 to 5 of 9,724 films by 610 people: input `int32[2]` (person, film), target `float32[1]`.
  ///
  /// A tenth of the ratings, drawn by a fixed seed, is for testing; the class names are the films' titles.
  public static let movieLens = BuiltInDataSet(
    name: "movielens", summary: "100836 ratings of 9724 films by 610 people",
    licence: "GroupLens: research, no commerce", page: "https://grouplens.org/datasets/movielens/latest/",
    files: [
      DataFile(
        "ratings.csv", size: 2_483_723,
        sha256: "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646", urls: []),
      DataFile(
        "movies.csv", size: 494_431,
        sha256: "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07", urls: []),
    ],
    byHand: "Get ml-latest-small.zip from grouplens.org and put its ratings.csv and movies.csv into a folder movielens "
      + "of the data folder."
  ) { try Reading.ratings($0) }

  /// 1.1 million characters, input `int32[64]` and the same moved by one character as target.
  public static let shakespeare = BuiltInDataSet(
    name: "shakespeare", summary: "40000 lines of Shakespeare as characters", licence: "public domain text",
    page: "https://github.com/karpathy/char-rnn",
    files: [
      DataFile(
        "shakespeare.txt", size: 1_115_394,
        sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        urls: [
          "https://raw.githubusercontent.com/karpathy/char-rnn/d1d7aa34fdb3626174bce1d753e6cc6845ce7087/"
            + "data/tinyshakespeare/input.txt"
        ])
    ]
  ) { try Reading.characters($0) }

  private static func mnistFiles(_ facts: [(size: Int, sha256: String)], _ hosts: [String]) -> [DataFile] {
    zip(Reading.mnistNames, facts).map { name, fact in
      DataFile(name, size: fact.size, sha256: fact.sha256, urls: hosts.map { "\($0)/\(name)" })
    }
  }
}
