module example.com/keyfactormock

go 1.21
