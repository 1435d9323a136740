import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


def numbers(figure):
    """The numbers behind a figure, one row a point; names stay text even where they look like numbers."""
    names = {name: str for name in ("frame", "panel", "series", "label")}
    return pd.read_csv(f"figures/{figure}.csv", dtype=names, keep_default_na=False, na_values=[""])


def draw(axis, rows, mark, **style):
    """One series: points (joined or not) with their error bars, a line, a band, bars or steps."""
    x, y = rows["x"], rows["y"]
    bars = None
    if "low" in rows and rows["low"].notna().any():
        bars = [(y - rows["low"]).clip(lower=0).fillna(0), (rows["high"] - y).clip(lower=0).fillna(0)]
    if mark == "band":
        axis.fill_between(x, rows["low"], rows["high"], alpha=0.25, linewidth=0, **style)
    elif mark == "bars":
        axis.bar(x, y, yerr=bars, capsize=3, alpha=0.8, **style)
    elif mark == "steps":
        axis.fill_between(x, y, step="mid", alpha=0.5, **style)
    elif mark in ("line", "dashed"):
        axis.plot(x, y, "-" if mark == "line" else "--", **style)
    else:
        line = "-" if mark == "joined" else "none"
        axis.errorbar(x, y, yerr=bars, linestyle=line, linewidth=0.8, elinewidth=1.4, capsize=3, markersize=5, **style)


def heat(axis, rows, label, **style):
    """A matrix of values as colours, the first row at the top."""
    matrix = rows.pivot(index="y", columns="x", values="value").to_numpy()
    image = axis.imshow(matrix, aspect="auto", interpolation="nearest", **style)
    axis.figure.colorbar(image, ax=axis, label=label)


def mosaic(axis, rows, per_row, cmap, **style):
    """Small images side by side on grey, their labels under them."""
    parts = [part for _, part in rows.groupby("series", sort=False)]
    images = [part.pivot(index="y", columns="x", values="value").to_numpy() for part in parts]
    labelled = "label" in rows and rows["label"].notna().any()
    height, width = images[0].shape
    gap = max(1, width // 8)
    below = max(gap, height // 3) if labelled else gap
    lines = -(-len(images) // per_row)
    canvas = np.full((lines * (height + below) - gap, per_row * (width + gap) - gap), np.nan)
    for index, (part, image) in enumerate(zip(parts, images)):
        top, left = index // per_row * (height + below), index % per_row * (width + gap)
        canvas[top : top + height, left : left + width] = image
        if labelled:
            axis.text(left + (width - 1) / 2, top + height, part["label"].iloc[0], ha="center", va="top", fontsize=8)
    axis.imshow(canvas, interpolation="nearest", cmap=plt.get_cmap(cmap).with_extremes(bad="0.85"), **style)
    axis.set_axis_off()


def graph(axis, rows):
    """Nodes in the colours of their groups, edges dashed where their weight is negative."""
    nodes = rows[rows["series"] == "node"].drop_duplicates("label").set_index("label")
    for label, weight in rows.loc[rows["series"] == "edge", ["label", "value"]].itertuples(index=False):
        ends = nodes.loc[label.split(" to ")]
        axis.plot(ends["x"], ends["y"], "--" if weight < 0 else "-", color="0.5", linewidth=0.8 + abs(weight), zorder=1)
    axis.scatter(nodes["x"], nodes["y"], c=nodes["value"], cmap="cividis", s=220, edgecolors="black", zorder=2)
    axis.set_aspect("equal")
    axis.set_axis_off()


estimates = pd.read_csv("estimates.csv")
estimates
