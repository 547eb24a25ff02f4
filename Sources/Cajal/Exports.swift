@_exported import CajalGraph
