//! The canonical face: 468 points of an average head in centimetres, with its triangles.

use std::sync::LazyLock;

use crate::weights;

/// A face that belongs to nobody.
#[derive(Debug, Clone)]
pub struct CanonicalMesh {
    /// x to the picture's right, y up, z towards the camera, in centimetres.
    pub vertices: Vec<[f32; 3]>,
    /// Texture coordinates of each vertex, 0 to 1.
    pub texture: Vec<[f32; 2]>,
    /// Corners of each triangle.
    pub triangles: Vec<[usize; 3]>,
}

/// The canonical face of the package.
pub fn canonical_mesh() -> &'static CanonicalMesh {
    static MESH: LazyLock<CanonicalMesh> = LazyLock::new(|| {
        read(weights::canonical_face()).expect("the packaged file was checked by its digest")
    });
    &MESH
}

/// Reads the protocol buffer: one mesh (field 1) with vertex numbers (field 3: x, y, z, u, v) and corners (field 4).
fn read(bytes: &[u8]) -> Option<CanonicalMesh> {
    let (_, mesh) = Fields(bytes).find(|(number, _)| *number == 1)?;
    let Value::Bytes(mesh) = mesh else { return None };
    let (mut numbers, mut corners) = (Vec::new(), Vec::new());
    for (number, value) in Fields(mesh) {
        match (number, value) {
            (3, Value::Float(value)) => numbers.push(value),
            (4, Value::Integer(value)) => corners.push(usize::try_from(value).ok()?),
            (3, Value::Bytes(packed)) => {
                numbers.extend(packed.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)));
            }
            (4, Value::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    corners.push(usize::try_from(varint(&mut packed)?).ok()?);
                }
            }
            _ => {}
        }
    }
    let vertices = numbers.as_chunks::<5>().0;
    Some(CanonicalMesh {
        vertices: vertices.iter().map(|&[x, y, z, _, _]| [x, y, z]).collect(),
        texture: vertices.iter().map(|&[_, _, _, u, v]| [u, v]).collect(),
        triangles: corners.as_chunks::<3>().0.to_vec(),
    })
}

/// The fields of a protocol buffer message, as far as it can be read.
struct Fields<'a>(&'a [u8]);

enum Value<'a> {
    Integer(u64),
    Float(f32),
    Bytes(&'a [u8]),
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = varint(&mut self.0)?;
        let value = match key & 7 {
            0 => Value::Integer(varint(&mut self.0)?),
            2 => {
                let len = usize::try_from(varint(&mut self.0)?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(len)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Value::Float(f32::from_le_bytes(*bytes))
            }
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::canonical_mesh;

    #[test]
    fn the_canonical_face_is_whole() {
        let mesh = canonical_mesh();
        assert_eq!((mesh.vertices.len(), mesh.triangles.len()), (468, 898));
        assert!(mesh.triangles.iter().flatten().all(|&corner| corner < 468));
        assert!(mesh.vertices[10][1] > 0.0 && mesh.vertices[152][1] < 0.0, "forehead above, chin below");
    }
}
