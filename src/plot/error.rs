//! What can be wrong with a figure.

use thiserror::Error;

/// Why a figure cannot be drawn.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum PlotError {
    /// A heat map whose values do not fill its rows and columns.
    #[error("heat map {title:?} of figure {figure:?} has {values} values for {rows} rows of {columns}")]
    HeatShape {
        /// The figure's id.
        figure: String,
        /// The panel's title.
        title: String,
        /// Number of values given.
        values: usize,
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// An image whose values do not fill its pixels.
    #[error("image {index} of figure {figure:?} has {values} values for {height} rows of {width} pixels")]
    ImageShape {
        /// The figure's id.
        figure: String,
        /// Which image, from 0.
        index: usize,
        /// Number of values given.
        values: usize,
        /// Height in pixels.
        height: usize,
        /// Width in pixels.
        width: usize,
    },
    /// An edge of a graph that ends at no node.
    #[error("edge {index} of figure {figure:?} ends at node {node}, of {nodes}")]
    GraphEdge {
        /// The figure's id.
        figure: String,
        /// Which edge, from 0.
        index: usize,
        /// The end that is missing, from 0.
        node: usize,
        /// Number of nodes given.
        nodes: usize,
    },
    /// The drawing library refused.
    #[error("failed to draw figure: {0}")]
    Drawing(String),
    /// An SVG document that does not become pixels.
    #[error("failed to make a PNG of a figure: {0}")]
    Picture(String),
    /// A picture without pixels, or with too many.
    #[error(
        "a scale of {scale} gives no PNG: choose a positive one that keeps each side within {most} pixels"
    )]
    PictureSize {
        /// The scale that was asked for.
        scale: String,
        /// The most pixels along a side.
        most: u32,
    },
}
