//! Codes in pictures, as a webcam or a student sends them.

use seal::reading::{Grey, read};
use tokio::task::spawn_blocking;

use crate::problem::Problem;

/// The one code in a picture.
pub async fn code_in(bytes: Vec<u8>, name: String) -> Result<String, Problem> {
    let reading = move || {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_owned());
        let opened = portrait::file::open(&bytes, extension.as_deref())
            .map_err(|refusal| Problem::unusable(refusal.zh(), refusal.to_string()))?;
        let grey = Grey::of_rgb(opened.picture.width(), opened.picture.rgb())
            .ok_or_else(|| Problem::unusable("图片为空", "the picture is empty"))?;
        let found = read(&grey);
        match found.as_slice() {
            [one] => Ok(one.reveal().to_owned()),
            many => Err(Problem::unusable(
                format!("图片中有 {} 个二维码，应当正好一个", many.len()),
                format!("the picture holds {} codes; it must be exactly one", many.len()),
            )),
        }
    };
    spawn_blocking(reading).await.map_err(|error| Problem::internal(error.to_string()))?
}
