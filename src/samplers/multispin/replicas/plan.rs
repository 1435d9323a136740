//! Which spin is which word: a graph of spins with equally many neighbours each, laid out for many chains at once.
//!
//! A word holds one spin of every chain, a bit a chain. Spins are coloured so that neighbours differ in colour (two colours where
//! they are enough); those of one colour, a *class*, are updated together and stand beside each other. Eight words make a vector.
//! In each of as many *slots* as there are neighbours, a vector's eight neighbours are read at once: from where they stand, where
//! they stand beside each other in order, and otherwise from a place that they are copied to before the class is updated.
//!
//! With few chains a word has room for several spins of each: if the graph is the same when all sites move on by N/2 (or N/4), as
//! periodic lattices are, then site i and those N/2 further on share a word, in *parts* of 32 (or 16) bits. The neighbours of a word
//! are then in a word too, rotated where that step leads into another part.

use crate::models::spins::PairModel;
use crate::samplers::multispin::generator::ABREAST;
use crate::samplers::multispin::layout::Words;
use crate::samplers::multispin::rare::MOST_WORDS;
use std::ops::Range;

/// Most sites: beyond, one lattice gives words enough.
const MOST_SITES: usize = 1 << 20;

/// Spins of one colour.
#[derive(Debug)]
pub(super) struct Class {
    /// Its words, whole vectors of them.
    pub words: Range<usize>,
    /// How many of them hold spins.
    pub held: usize,
    /// Words to copy before the class is updated or its bonds are counted: to, from, and by how much to rotate right.
    copies: Vec<(u32, u32, u8)>,
}

/// Where everything is.
#[derive(Debug)]
pub(in crate::samplers::multispin) struct Plan {
    pub(super) sites: usize,
    /// Neighbours of each site: 3, 4 or 6.
    pub(super) degree: usize,
    /// |J| of all bonds as an energy, and the energy beside that of the bonds.
    pub(super) coupling: f64,
    pub(super) offset: f64,
    /// Chains in a word, and spins of each.
    pub(super) chains: usize,
    pub(super) parts: usize,
    pub(super) classes: Vec<Class>,
    /// Word and lowest bit of each site.
    places: Vec<(u32, u8)>,
    /// Words with what is copied.
    size: usize,
    /// Where the neighbours of each vector are, slot by slot.
    pub(super) starts: Vec<u32>,
    /// Bits of the bonds that favour opposite spins, vector by vector and slot by slot; empty where there are none.
    pub(super) signs: Vec<u64>,
}

/// The number of neighbours of all sites and |J| of all bonds as an energy, where these are alike and there are no fields.
fn uniform(pairs: &PairModel) -> Option<(usize, f64)> {
    let (sites, coupling) = (pairs.spins(), pairs.couplings.first()?.abs());
    let degree = pairs.row(0).count();
    let alike = (0..sites).all(|i| pairs.row(i).count() == degree)
        && pairs.couplings.iter().all(|j| j.abs() == coupling)
        && pairs.fields.iter().all(|field| *field == 0.0);
    let known = matches!(degree, 3 | 4 | 6) && coupling * pairs.scale != 0.0;
    (sites <= MOST_SITES && alike && known).then_some((degree, (coupling * pairs.scale).abs()))
}

/// Whether a model is such a graph.
pub(super) fn takes(pairs: &PairModel) -> bool {
    uniform(pairs).is_some()
}

/// A colour for each site such that neighbours differ: two, where possible, and the least that is free otherwise.
fn colours(pairs: &PairModel) -> Vec<u8> {
    const NONE: u8 = u8::MAX;
    let sites = pairs.spins();
    let mut colours = vec![NONE; sites];
    let mut waiting = Vec::new();
    let mut two = true;
    for root in 0..sites {
        if colours[root] != NONE {
            continue;
        }
        colours[root] = 0;
        waiting.push(root);
        while let Some(i) = waiting.pop() {
            for (j, _) in pairs.row(i) {
                if colours[j] == NONE {
                    colours[j] = 1 - colours[i];
                    waiting.push(j);
                }
                two &= colours[j] != colours[i];
            }
        }
    }
    if !two {
        colours.fill(NONE);
        for i in 0..sites {
            let free = |colour: &u8| pairs.row(i).all(|(j, _)| colours[j] != *colour);
            colours[i] =
                (0..NONE).find(free).expect("invariant: a site has fewer neighbours than there are colours");
        }
    }
    colours
}

/// Whether moving all sites on by `step` changes neither colours nor neighbours.
fn moves(pairs: &PairModel, colours: &[u8], step: usize) -> bool {
    let sites = pairs.spins();
    (0..sites).all(|i| {
        let image = (i + step) % sites;
        let mut moved: Vec<usize> = pairs.row(i).map(|(j, _)| (j + step) % sites).collect();
        moved.sort_unstable();
        colours[i] == colours[image] && moved.into_iter().eq(pairs.row(image).map(|(j, _)| j))
    })
}

impl Plan {
    /// The plan for at least `chains` chains, in words with as many spins of each as there is room for, or for 64.
    pub(super) fn new(pairs: &PairModel, chains: usize) -> Option<Self> {
        let (degree, coupling) = uniform(pairs)?;
        let sites = pairs.spins();
        let colours = colours(pairs);
        let fits = |parts: &usize| {
            chains * parts <= 64 && sites.is_multiple_of(*parts) && moves(pairs, &colours, sites / parts)
        };
        let parts = [4, 2].into_iter().find(fits).unwrap_or(1);
        let (period, chains) = (sites / parts, 64 / parts);

        let mut places = vec![(0, 0); sites];
        let mut classes = Vec::new();
        let mut members: Vec<Option<usize>> = Vec::new();
        for colour in 0..=colours.iter().copied().max()? {
            let first = members.len();
            members.extend((0..period).filter(|i| colours[*i] == colour).map(Some));
            let held = members.len() - first;
            members.resize(members.len().next_multiple_of(ABREAST), None);
            classes.push(Class { words: first..members.len(), held, copies: Vec::new() });
        }
        for (word, site) in members.iter().enumerate() {
            for part in 0..parts {
                if let Some(site) = site {
                    places[site + part * period] = (word as u32, (part * chains) as u8);
                }
            }
        }

        let slots = slots(&members, pairs, degree, &places);
        let mut plan = Self {
            sites,
            degree,
            coupling,
            offset: pairs.offset,
            chains,
            parts,
            classes,
            places,
            size: members.len(),
            starts: Vec::new(),
            signs: Vec::new(),
        };
        plan.settle(&slots);
        let favours =
            |i: usize, j: usize| pairs.row(i).any(|(k, coupling)| k == j && coupling * pairs.scale < 0.0);
        if pairs.couplings.iter().any(|coupling| coupling * pairs.scale < 0.0) {
            plan.sign(&members, &slots, favours);
        }
        Some(plan)
    }

    /// Finds out where the neighbours of each vector are read.
    fn settle(&mut self, slots: &[Vec<usize>]) {
        let places = &self.places;
        for class in &mut self.classes {
            for vector in class.words.clone().step_by(ABREAST) {
                for slot in 0..self.degree {
                    let words = &slots[vector..vector + ABREAST];
                    let from: Vec<(u32, u8)> =
                        words.iter().filter_map(|near| Some(places[*near.get(slot)?])).collect();
                    let (start, _) = from[0];
                    let beside = from.iter().zip(start..).all(|(place, at)| *place == (at, 0));
                    if beside && from.len() == ABREAST {
                        self.starts.push(start);
                    } else {
                        // Beside words without spins stays nothing.
                        let to = self.size as u32;
                        let copies = from.iter().zip(to..).map(|((from, rotate), to)| (to, *from, *rotate));
                        class.copies.extend(copies);
                        self.starts.push(to);
                        self.size += ABREAST;
                    }
                }
            }
        }
    }

    fn sign(
        &mut self,
        members: &[Option<usize>],
        slots: &[Vec<usize>],
        favours: impl Fn(usize, usize) -> bool,
    ) {
        let period = self.sites / self.parts;
        self.signs = vec![0; members.len() * self.degree];
        let all = if self.chains == 64 { u64::MAX } else { (1 << self.chains) - 1 };
        for (word, site) in members.iter().enumerate() {
            let Some(site) = site else { continue };
            for (slot, near) in slots[word].iter().enumerate() {
                let at = (word / ABREAST * self.degree + slot) * ABREAST + word % ABREAST;
                for part in 0..self.parts {
                    let step = part * period;
                    if favours(site + step, (near + step) % self.sites) {
                        self.signs[at] |= all << (part * self.chains);
                    }
                }
            }
        }
    }

    /// Whether some bonds favour opposite spins.
    pub(in crate::samplers::multispin) fn is_glass(&self) -> bool {
        !self.signs.is_empty()
    }

    /// At how many ends bonds are counted: of two classes one has an end of every bond, of more all have both.
    pub(super) fn ends(&self) -> u32 {
        if self.classes.len() > 2 { 2 } else { 1 }
    }

    /// Words of spins and of what is copied.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Words of spins.
    pub(super) fn words(&self) -> usize {
        self.classes.last().map_or(0, |class| class.words.end)
    }

    /// Words of the longest stretch, the piece of a class that is updated at once: at most 256, a multiple of 8.
    pub(super) fn stretch(&self) -> usize {
        let longest = self.classes.iter().map(|class| class.words.len()).max().unwrap_or(ABREAST);
        (longest / ABREAST).div_ceil(longest.div_ceil(MOST_WORDS)) * ABREAST
    }

    /// The word and the lowest bit of a site.
    pub(super) fn place(&self, site: usize) -> (usize, u32) {
        let (word, bit) = self.places[site];
        (word as usize, u32::from(bit))
    }

    /// Room for the spins and what is copied.
    pub(super) fn room(&self) -> Words {
        Words::zeros(self.size)
    }

    /// Brings the copies that the update of a class needs up to date.
    #[inline(always)]
    pub(super) fn copy(&self, class: usize, words: &mut [u64]) {
        for (to, from, rotate) in &self.classes[class].copies {
            words[*to as usize] = words[*from as usize].rotate_right(u32::from(*rotate));
        }
    }
}

/// The neighbours of each word's (first) site in an order that leaves as many as possible where the neighbours of the word
/// before are, in the same slot and one further on.
fn slots(
    members: &[Option<usize>],
    pairs: &PairModel,
    degree: usize,
    places: &[(u32, u8)],
) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::with_capacity(members.len());
    let mut before: Vec<Option<(u32, u8)>> = vec![None; degree];
    for site in members {
        let Some(site) = site else {
            found.push(Vec::new());
            continue;
        };
        let mut left: Vec<usize> = pairs.row(*site).map(|(j, _)| j).collect();
        let mut chosen: Vec<Option<usize>> = vec![None; degree];
        for (slot, last) in before.iter().enumerate() {
            let next =
                left.iter().position(|j| last.is_some_and(|(word, bit)| places[*j] == (word + 1, bit)));
            chosen[slot] = next.map(|at| left.remove(at));
        }
        let near: Vec<usize> =
            chosen.into_iter().filter_map(|choice| choice.or_else(|| left.pop())).collect();
        before = near.iter().map(|j| Some(places[*j])).collect();
        found.push(near);
    }
    found
}
