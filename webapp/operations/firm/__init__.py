"""What a firm's people can do, on their own firm's rows and on no others."""
