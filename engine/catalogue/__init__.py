"""Every kind of layer, activation, initializer, join, loss, optimizer, scheduler and data set, each declared once."""
