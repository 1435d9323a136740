//! Table look-ups for many bytes at once, and the choice of an instruction set for them at run time. All give the same bytes.

/// Bytes that are worked on together.
pub(super) const WIDE: usize = 64;
/// The most entries of a table.
pub(super) const MOST_KEYS: usize = 128;

/// What the processor can do with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// One look-up after the other.
    Plain,
    /// Tables of sixteen.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Tables of 128.
    #[cfg(target_arch = "x86_64")]
    Vbmi,
}

impl Level {
    /// All that this processor has, the fastest last.
    pub(super) fn all() -> Vec<Self> {
        let mut levels = vec![Self::Plain];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                levels.push(Self::Avx2);
            }
            let wanted = std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512vl")
                && std::arch::is_x86_feature_detected!("avx512vbmi");
            if wanted {
                levels.push(Self::Vbmi);
            }
        }
        levels
    }

    /// The fastest that this processor has.
    pub(super) fn best() -> Self {
        *Self::all().last().expect("invariant: plain look-ups are always there")
    }
}

/// How bytes are looked up. Implementations are `#[inline(always)]`, so that they become part of a function compiled for their
/// instruction set.
pub(super) trait Lookup {
    /// `table[key]` for each key, of which all are below `keys_in_use` ≤ 128.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set.
    unsafe fn look_up(table: &[u8; MOST_KEYS], keys_in_use: usize, keys: &[u8; WIDE]) -> [u8; WIDE];
}

pub(super) struct Plain;

impl Lookup for Plain {
    #[inline(always)]
    unsafe fn look_up(table: &[u8; MOST_KEYS], _: usize, keys: &[u8; WIDE]) -> [u8; WIDE] {
        let mut found = [0; WIDE];
        for (found, key) in found.iter_mut().zip(keys) {
            *found = table[usize::from(key % MOST_KEYS as u8)];
        }
        found
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) struct Avx2;

#[cfg(target_arch = "x86_64")]
impl Lookup for Avx2 {
    #[inline(always)]
    unsafe fn look_up(table: &[u8; MOST_KEYS], keys_in_use: usize, keys: &[u8; WIDE]) -> [u8; WIDE] {
        use std::arch::x86_64::*;
        let mut found = [0; WIDE];
        // SAFETY: the caller promises the instruction set; all addresses lie within the arrays, since keys_in_use ≤ 128.
        unsafe {
            for half in [0, WIDE / 2] {
                let keys = _mm256_loadu_si256(keys.as_ptr().add(half).cast());
                let mut sum = _mm256_setzero_si256();
                let mut from = 0;
                while from < keys_in_use {
                    let sixteen =
                        _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().add(from).cast()));
                    // Keys from `from` to `from` + 15 become 0x70 to 0x7f, all others 0x80 and more, which finds 0.
                    let own = _mm256_sub_epi8(keys, _mm256_set1_epi8(from as i8));
                    let own = _mm256_adds_epu8(own, _mm256_set1_epi8(0x70));
                    sum = _mm256_or_si256(sum, _mm256_shuffle_epi8(sixteen, own));
                    from += 16;
                }
                _mm256_storeu_si256(found.as_mut_ptr().add(half).cast(), sum);
            }
        }
        found
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) struct Vbmi;

#[cfg(target_arch = "x86_64")]
impl Lookup for Vbmi {
    #[inline(always)]
    unsafe fn look_up(table: &[u8; MOST_KEYS], _: usize, keys: &[u8; WIDE]) -> [u8; WIDE] {
        use std::arch::x86_64::*;
        let mut found = [0; WIDE];
        // SAFETY: the caller promises the instruction set; all addresses lie within the arrays.
        unsafe {
            let low = _mm512_loadu_si512(table.as_ptr().cast());
            let high = _mm512_loadu_si512(table.as_ptr().add(WIDE).cast());
            let keys = _mm512_loadu_si512(keys.as_ptr().cast());
            _mm512_storeu_si512(found.as_mut_ptr().cast(), _mm512_permutex2var_epi8(low, keys, high));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_up_finds_what_the_table_has() {
        let table: [u8; MOST_KEYS] = std::array::from_fn(|i| (37 * i + 11) as u8);
        for used in [10, 16, 17, 39, 81, 117, 128] {
            let keys: [u8; WIDE] = std::array::from_fn(|i| (i * 29 % used) as u8);
            let expected = keys.map(|key| table[usize::from(key)]);
            for level in Level::all() {
                // SAFETY: only what the processor has.
                let found = unsafe {
                    match level {
                        Level::Plain => Plain::look_up(&table, used, &keys),
                        #[cfg(target_arch = "x86_64")]
                        Level::Avx2 => Avx2::look_up(&table, used, &keys),
                        #[cfg(target_arch = "x86_64")]
                        Level::Vbmi => Vbmi::look_up(&table, used, &keys),
                    }
                };
                assert_eq!(found, expected, "{level:?}, {used}");
            }
        }
    }
}
