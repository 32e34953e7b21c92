"""How each operation is computed on arrays, in variants that suit different shapes."""
