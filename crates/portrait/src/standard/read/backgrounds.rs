//! The colours that a background may have.

use crate::{
    colour::lab,
    standard::{
        Reference, Standard, StandardError,
        raw::{RawReference, RawStandard},
        read::Reader,
    },
};

impl Reader<'_> {
    pub(super) fn backgrounds(
        &self,
        under: Option<&Standard>,
        raw: &RawStandard,
    ) -> Result<Vec<Reference>, StandardError> {
        let mut known = under.map(|under| under.backgrounds.clone()).unwrap_or_default();
        let Some(given) = &raw.background else { return Ok(known) };
        for (at, reference) in given.reference.iter().enumerate() {
            if given.reference[..at].iter().any(|other| other.name == reference.name) {
                return self.error(
                    reference.name.span(),
                    format!("reference `{}` is given twice", reference.name.get_ref()),
                );
            }
            let read = self.reference(reference)?;
            known.retain(|other| other.name != read.name);
            known.push(read);
        }
        let Some(allowed) = &given.allowed else { return Ok(known) };
        for name in allowed {
            if !known.iter().any(|reference| &reference.name == name.get_ref()) {
                let names = known.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ");
                return self
                    .error(name.span(), format!("background `{}` is not one of {names}", name.get_ref()));
            }
        }
        known.retain(|reference| allowed.iter().any(|name| name.get_ref() == &reference.name));
        Ok(known)
    }

    fn reference(&self, raw: &RawReference) -> Result<Reference, StandardError> {
        let mut rgb = [0; 3];
        for (byte, &value) in rgb.iter_mut().zip(raw.rgb.get_ref()) {
            *byte = match u8::try_from(value) {
                Ok(value) => value,
                Err(_) => {
                    return self
                        .error(raw.rgb.span(), format!("colour value {value} is not between 0 and 255"));
                }
            };
        }
        let (pass, warn) = (*raw.pass.get_ref(), *raw.warn.get_ref());
        if !(pass > 0.0 && pass.is_finite()) {
            return self.error(raw.pass.span(), format!("pass {pass} is not a colour difference above 0"));
        }
        if !(warn >= pass && warn.is_finite()) {
            return self.error(raw.warn.span(), format!("warn {warn} is below pass {pass}"));
        }
        Ok(Reference {
            name: raw.name.get_ref().clone(),
            title: raw.title.clone(),
            rgb,
            lab: lab(rgb),
            pass,
            warn,
        })
    }
}
