//! Sites that are joined to clusters: a union-find forest (Galler and Fischer 1964, doi:10.1145/364099.364331).

/// Disjoint clusters of sites, each known by one of its sites, the root.
pub(super) struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    /// Every site on its own.
    pub(super) fn new(sites: usize) -> Self {
        Self { parents: (0..sites as u32).collect() }
    }

    /// Parts all clusters.
    pub(super) fn part(&mut self) {
        self.parents.iter_mut().enumerate().for_each(|(site, parent)| *parent = site as u32);
    }

    /// The root of a site's cluster; paths are halved on the way.
    pub(super) fn root(&mut self, mut site: u32) -> u32 {
        loop {
            let parent = self.parents[site as usize];
            if parent == site {
                return site;
            }
            let above = self.parents[parent as usize];
            self.parents[site as usize] = above;
            site = above;
        }
    }

    /// Joins the clusters of two sites; the lesser root is kept, so that the root of a cluster is its first site.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (root, other) = (a.min(b), a.max(b));
        self.parents[other as usize] = root;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_sites_share_the_first_of_them_as_their_root() {
        let mut forest = Forest::new(7);
        for (a, b) in [(6, 4), (2, 5), (4, 2), (0, 1), (5, 6)] {
            forest.join(a, b);
        }
        let roots: Vec<u32> = (0..7).map(|site| forest.root(site)).collect();
        assert_eq!(roots, [0, 0, 2, 3, 2, 2, 2]);
        forest.part();
        assert!((0..7).all(|site| forest.root(site) == site));
    }
}
