module example.com/kfmock

go 1.19
