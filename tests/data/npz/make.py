"""Writes the machines of this folder: a Boltzmann machine of 4 visible and 3 hidden units as numpy saves it."""

import numpy as np

visible, hidden = np.arange(4.0), np.arange(3.0)
weights = (visible[:, None] - 2 * hidden[None, :]) / 8
biases = {"visible_bias": visible / 4 - 0.5, "hidden_bias": hidden / 2 - 0.25}

np.savez("machine.npz", weights=weights, **biases)
singles = {name: bias.astype("<f4") for name, bias in biases.items()}
np.savez_compressed("fortran-singles.npz", weights=np.asfortranarray(weights, dtype="<f4"), **singles)
np.savez("transposed.npz", weights=weights.T, **biases)
np.savez("misnamed.npz", W=weights, **biases)
np.savez("big-endian.npz", weights=weights.astype(">f8"), **biases)
np.savez("whole.npz", weights=(8 * weights).astype("<i8"), **biases)
np.save("weights.npy", weights)
