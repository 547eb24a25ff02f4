/// Arrangements of folders in which the files of built-in data sets are accepted, besides `NAME/FILE` and `FILE`.
enum Places {
  /// Folder, and other names of single files.
  static func folders(_ dataSet: String) -> [String] {
    switch dataSet {
    case "mnist": return ["mnist"]
    case "fashion": return ["fashion-mnist"]
    case "cifar10": return ["images/cifar10"]
    case "shakespeare": return ["text/tinyshakespeare"]
    case "ecg5000": return ["timeseries"]
    case "movielens": return ["ratings/ml-latest-small", "ml-latest-small"]
    default: return ["tabular"]
    }
  }

  static func otherNames(_ file: String) -> [String] {
    switch file {
    case "iris.data": return ["iris.csv"]
    case "wine.data": return ["wine.csv"]
    case "wdbc.data": return ["breast_cancer_wdbc.csv"]
    case "ECG5000_TEST_1500rows.txt.gz": return ["ECG5000_TEST.txt", "ECG5000_TEST.txt.gz"]
    case "shakespeare.txt": return ["tinyshakespeare/input.txt", "input.txt"]
    default: return file.hasSuffix("-ubyte.gz") ? [String(file.dropLast(3))] : []
    }
  }

  static func find(_ file: String, of dataSet: String, _ search: DataSearch) throws -> String {
    try search.file([file] + otherNames(file), of: dataSet, folders: folders(dataSet))
  }

  static func arePresent(_ dataSet: BuiltInDataSet, _ search: DataSearch) -> Bool {
    if dataSet.name == "cifar10", Cifar.folder(search) != nil { return true }
    return dataSet.files.allSatisfy { (try? find($0.name, of: dataSet.name, search)) != nil }
  }
}
