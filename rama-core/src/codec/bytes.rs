//! Reading and writing the pieces of our own binary formats: numbers, lengths, slices.
//!
//! Little-endian, lengths as varints. Reading is total: it never panics, never allocates, and a
//! length is believed only as far as bytes are there. Checksums and versions belong to the formats.

use super::error::CodecError;

/// A varint of a `u64` has at most ten groups of seven bits.
const VARINT_BYTES_MAX: usize = 10;

/// Appends one byte.
pub fn put_u8(out: &mut Vec<u8>, number: u8) {
    out.push(number);
}

/// Appends four bytes, little-endian.
pub fn put_u32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends eight bytes, little-endian.
pub fn put_u64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends a number in groups of seven bits, lowest first: one byte below 128, ten at most.
pub fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends the length as a varint and then the bytes.
pub fn put_slice(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes pieces off the front of a byte slice.
///
/// Every method fails with [`CodecError::Truncated`] when too few bytes are left; the reader is
/// then not to be used further.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not taken yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything is taken.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Fails when bytes are left.
    ///
    /// # Errors
    /// [`CodecError::TrailingBytes`].
    pub fn finish(self) -> Result<(), CodecError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(CodecError::TrailingBytes { count }),
        }
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn take(&mut self, count: usize, expected: &'static str) -> Result<&'a [u8], CodecError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(CodecError::Truncated { expected })?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn array<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], CodecError> {
        let (taken, rest) =
            self.rest.split_first_chunk().ok_or(CodecError::Truncated { expected })?;
        self.rest = rest;
        Ok(*taken)
    }

    /// One byte.
    ///
    /// # Errors
    /// When none is left.
    pub fn u8(&mut self) -> Result<u8, CodecError> {
        self.array("a byte").map(|[byte]| byte)
    }

    /// What [`put_u32`] wrote.
    ///
    /// # Errors
    /// When fewer than four bytes are left.
    pub fn u32(&mut self) -> Result<u32, CodecError> {
        self.array("a number").map(u32::from_le_bytes)
    }

    /// What [`put_u64`] wrote.
    ///
    /// # Errors
    /// When fewer than eight bytes are left.
    pub fn u64(&mut self) -> Result<u64, CodecError> {
        self.array("a number").map(u64::from_le_bytes)
    }

    /// What [`put_varint`] wrote. Longer spellings of the same number are refused, so that equal
    /// values have equal bytes.
    ///
    /// # Errors
    /// When the number does not end, is too large for a `u64`, or is spelt longer than needed.
    pub fn varint(&mut self) -> Result<u64, CodecError> {
        const INVALID: CodecError = CodecError::Invalid { expected: "a number in its short form" };
        let mut number = 0;
        for index in 0..VARINT_BYTES_MAX {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7F);
            let shift = 7 * index;
            if (bits << shift) >> shift != bits || (byte == 0 && index > 0) {
                return Err(INVALID);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(INVALID)
    }

    /// What [`put_slice`] wrote.
    ///
    /// # Errors
    /// When the length is not a number or more than the bytes that are left.
    pub fn slice(&mut self) -> Result<&'a [u8], CodecError> {
        const EXPECTED: &str = "a slice";
        let length = self.varint()?;
        let length =
            usize::try_from(length).map_err(|_| CodecError::Truncated { expected: EXPECTED })?;
        self.take(length, EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_is_read(
            a: u8, b: u32, c: u64, small in 0..300_u64, bytes in vec(any::<u8>(), 0..300),
        ) {
            let mut out = Vec::new();
            put_u8(&mut out, a);
            put_u32(&mut out, b);
            put_u64(&mut out, c);
            put_varint(&mut out, c);
            put_varint(&mut out, small);
            put_slice(&mut out, &bytes);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(reader.u8(), Ok(a));
            prop_assert_eq!(reader.u32(), Ok(b));
            prop_assert_eq!(reader.u64(), Ok(c));
            prop_assert_eq!(reader.varint(), Ok(c));
            prop_assert_eq!(reader.varint(), Ok(small));
            prop_assert_eq!(reader.slice(), Ok(bytes.as_slice()));
            prop_assert!(reader.is_empty());
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..16)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(number) = reader.varint() {
                let mut again = Vec::new();
                put_varint(&mut again, number);
                prop_assert_eq!(&again, &bytes[..bytes.len() - reader.rest().len()]);
            }
            let mut reader = Reader::new(&bytes);
            if let Ok(slice) = reader.slice() {
                prop_assert!(slice.len() < bytes.len());
            }
        }
    }

    #[test]
    fn varints_have_one_spelling() {
        let mut out = Vec::new();
        put_varint(&mut out, 300);
        assert_eq!(out, [0xAC, 0x02]);
        out.clear();
        put_varint(&mut out, u64::MAX);
        assert_eq!(out.len(), VARINT_BYTES_MAX);
        assert_eq!(Reader::new(&out).varint(), Ok(u64::MAX));
        for bad in [&[0x80, 0x00][..], &[0xFF; 11], &[0xFF; 10], &[0x80], &[]] {
            assert!(Reader::new(bad).varint().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_length_is_not_believed_beyond_the_bytes() {
        let mut out = Vec::new();
        put_varint(&mut out, u64::MAX);
        out.push(1);
        assert_eq!(Reader::new(&out).slice(), Err(CodecError::Truncated { expected: "a slice" }));
        assert_eq!(Reader::new(&[1, 2]).finish(), Err(CodecError::TrailingBytes { count: 2 }));
    }
}
