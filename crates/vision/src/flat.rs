//! A bounds-checked reader of `FlatBuffers`, as much as the model files need.
//!
//! Every access that leaves the file, or a vector longer than the file, is an error with its offset.

use crate::Error;

/// A table in a `FlatBuffers` file.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    fields: usize,
    field_count: usize,
}

impl<'a> Table<'a> {
    /// The root table of a file.
    pub fn root(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::new(bytes, u32_at(bytes, 0)? as usize)
    }

    fn new(bytes: &'a [u8], at: usize) -> Result<Self, Error> {
        let back = i64::from(u32_at(bytes, at)?.cast_signed());
        let fields = usize::try_from(at as i64 - back).map_err(|_| damaged(at))?;
        let size = usize::from(u16_at(bytes, fields)?);
        Ok(Self { bytes, at, fields, field_count: size.saturating_sub(4) / 2 })
    }

    /// Where field number `index` stands; `None` when the table leaves it out.
    fn field(&self, index: usize) -> Result<Option<usize>, Error> {
        if index >= self.field_count {
            return Ok(None);
        }
        let offset = usize::from(u16_at(self.bytes, self.fields + 4 + 2 * index)?);
        Ok((offset != 0).then_some(self.at + offset))
    }

    /// A byte field, `default` when absent.
    pub fn byte(&self, index: usize, default: u8) -> Result<u8, Error> {
        match self.field(index)? {
            Some(at) => self.bytes.get(at).copied().ok_or_else(|| damaged(at)),
            None => Ok(default),
        }
    }

    /// A 32-bit field, `default` when absent.
    pub fn int(&self, index: usize, default: i32) -> Result<i32, Error> {
        self.field(index)?.map_or(Ok(default), |at| Ok(u32_at(self.bytes, at)?.cast_signed()))
    }

    /// A table field.
    pub fn table(&self, index: usize) -> Result<Option<Self>, Error> {
        self.field(index)?.map(|at| Self::new(self.bytes, self.follow(at)?)).transpose()
    }

    /// A vector of tables, empty when absent.
    pub fn tables(&self, index: usize) -> Result<Vec<Self>, Error> {
        let Some((start, count)) = self.vector(index, 4)? else { return Ok(Vec::new()) };
        (0..count).map(|i| Self::new(self.bytes, self.follow(start + 4 * i)?)).collect()
    }

    /// A vector of 32-bit integers, empty when absent.
    pub fn ints(&self, index: usize) -> Result<Vec<i32>, Error> {
        let Some((start, count)) = self.vector(index, 4)? else { return Ok(Vec::new()) };
        (0..count).map(|i| Ok(u32_at(self.bytes, start + 4 * i)?.cast_signed())).collect()
    }

    /// A vector of bytes or a string, empty when absent.
    pub fn bytes(&self, index: usize) -> Result<&'a [u8], Error> {
        let Some((start, count)) = self.vector(index, 1)? else { return Ok(&[]) };
        Ok(&self.bytes[start..start + count])
    }

    /// First element and number of elements of a vector that lies within the file.
    fn vector(&self, index: usize, element_size: usize) -> Result<Option<(usize, usize)>, Error> {
        let Some(at) = self.field(index)? else { return Ok(None) };
        let at = self.follow(at)?;
        let count = u32_at(self.bytes, at)? as usize;
        let start = at + 4;
        if count.checked_mul(element_size).is_none_or(|size| size > self.bytes.len().saturating_sub(start)) {
            return Err(damaged(at));
        }
        Ok(Some((start, count)))
    }

    fn follow(&self, at: usize) -> Result<usize, Error> {
        Ok(at + u32_at(self.bytes, at)? as usize)
    }
}

fn damaged(at: usize) -> Error {
    Error::Damaged { at }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Error> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(|| damaged(at))?;
    Ok(u16::from_le_bytes(*found))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Error> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(|| damaged(at))?;
    Ok(u32::from_le_bytes(*found))
}
