import Cajal
import Testing
