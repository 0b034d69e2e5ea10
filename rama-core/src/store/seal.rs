//! A checksum for every row, over its table, key and value.
//!
//! redb serves damaged pages (finding 1), and a damaged key can give a whole value to a wrong key,
//! which no checksum inside the value notices. Four bytes at the end of the stored value do. A row
//! that damage has made unfindable is noticed only by an open that verifies.

const CHECKSUM_BYTES: usize = 4;

/// Seals and checks the rows of one table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal {
    table: u32,
}

impl Seal {
    pub(super) fn new(table: &str) -> Self {
        Self { table: crc32c::crc32c(table.as_bytes()) }
    }

    /// Makes `out` the sealed value.
    pub(super) fn seal(self, key: &[u8], value: &[u8], out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(value);
        out.extend_from_slice(&self.checksum(key, value).to_le_bytes());
    }

    /// The value as it was before it was sealed, if the row is whole.
    pub(super) fn open<'row>(self, key: &[u8], sealed: &'row [u8]) -> Option<&'row [u8]> {
        let (value, checksum) = sealed.split_last_chunk::<CHECKSUM_BYTES>()?;
        (self.checksum(key, value) == u32::from_le_bytes(*checksum)).then_some(value)
    }

    fn checksum(self, key: &[u8], value: &[u8]) -> u32 {
        // The length keeps a byte from moving between key and value unnoticed.
        let length = (key.len() as u64).to_le_bytes();
        let place = crc32c::crc32c_append(crc32c::crc32c_append(self.table, &length), key);
        crc32c::crc32c_append(place, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fits_only_its_own_place() {
        let seal = Seal::new("t");
        let mut sealed = Vec::new();
        seal.seal(b"key", b"value", &mut sealed);
        assert_eq!(seal.open(b"key", &sealed), Some(&b"value"[..]));
        assert_eq!(seal.open(b"kez", &sealed), None);
        assert_eq!(Seal::new("u").open(b"key", &sealed), None);
        assert_eq!(seal.open(b"key", &sealed[1..]), None);
        assert_eq!(seal.open(b"keyv", &sealed[1..]), None);
        assert_eq!(seal.open(b"key", b"abc"), None);
        for bit in 0..sealed.len() * 8 {
            sealed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(seal.open(b"key", &sealed), None);
            sealed[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
