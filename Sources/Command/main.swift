print("cajal")
