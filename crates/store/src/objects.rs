//! Pictures and other large things: in a folder, or in a bucket of any server that speaks S3.
//!
//! An object is written once under a name that its owner never gives again, so nothing is ever overwritten.

use std::path::Path as Folder;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};
use thiserror::Error;

/// An open store of objects.
#[derive(Debug, Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

/// Why an object is not there, or not kept.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// Neither a folder nor a bucket.
    #[error("the address of the objects is a folder, or s3://BUCKET/PREFIX")]
    Address,
    /// The folder.
    #[error("the folder of objects cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// No object of this name.
    #[error("there is no object {0}")]
    Missing(String),
    /// Another object has this name.
    #[error("there is an object {0} already, and objects are never overwritten")]
    Taken(String),
    /// The store.
    #[error("the store of objects: {0}")]
    Store(object_store::Error),
}

impl ObjectError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Address => "对象存储地址应为文件夹，或 s3://存储桶/前缀".into(),
            Self::Folder(error) => format!("对象文件夹无法使用：{error}"),
            Self::Missing(name) => format!("没有对象 {name}"),
            Self::Taken(name) => format!("对象 {name} 已存在，不会被覆盖"),
            Self::Store(error) => format!("对象存储错误：{error}"),
        }
    }
}

impl From<object_store::Error> for ObjectError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            object_store::Error::AlreadyExists { path, .. } => Self::Taken(path),
            other => Self::Store(other),
        }
    }
}

impl Objects {
    /// Opens a folder, or `s3://BUCKET/PREFIX`. Endpoint, region and keys of a bucket come from the environment by
    /// the names that AWS gives them (`AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`; `AWS_ALLOW_HTTP=true` for a server without TLS).
    ///
    /// # Errors
    /// [`ObjectError`] when the address is none, or the folder cannot be made.
    pub fn open(address: &str) -> Result<Self, ObjectError> {
        let Some(bucket) = address.strip_prefix("s3://") else {
            return if address.contains("://") {
                Err(ObjectError::Address)
            } else {
                folder(Folder::new(address))
            };
        };
        Self::bucket(bucket, AmazonS3Builder::from_env())
    }

    /// Opens a bucket of a server, named as `BUCKET/PREFIX`, with its endpoint and keys.
    ///
    /// # Errors
    /// [`ObjectError`] when what is given cannot name a bucket.
    pub fn bucket(address: &str, server: AmazonS3Builder) -> Result<Self, ObjectError> {
        // A second call finds it installed, by us or by another part of the program; both are fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        if bucket.is_empty() {
            return Err(ObjectError::Address);
        }
        let store = server.with_bucket_name(bucket).build()?;
        Ok(Self(match prefix {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        }))
    }

    /// Keeps an object under a name that none has; the same bytes under the same name again are fine.
    ///
    /// # Errors
    /// [`ObjectError::Taken`] when other bytes stand there.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectError> {
        let bytes = Bytes::from(bytes);
        let put = self.0.put_opts(&Path::from(name), bytes.clone().into(), PutMode::Create.into()).await;
        match put.map_err(ObjectError::from) {
            Ok(_) => Ok(()),
            Err(ObjectError::Taken(_)) if self.get(name).await? == bytes => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The object of a name.
    ///
    /// # Errors
    /// [`ObjectError::Missing`] when there is none.
    pub async fn get(&self, name: &str) -> Result<Bytes, ObjectError> {
        Ok(self.0.get(&Path::from(name)).await?.bytes().await?)
    }

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`ObjectError::Store`] when the store cannot be reached.
    pub async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        match self.0.delete(&Path::from(name)).await.map_err(ObjectError::from) {
            Err(ObjectError::Missing(_)) => Ok(()),
            other => other,
        }
    }

    /// The names of all objects, in order.
    ///
    /// # Errors
    /// [`ObjectError::Store`] when the store cannot be reached.
    pub async fn names(&self) -> Result<Vec<String>, ObjectError> {
        let mut names: Vec<String> =
            self.0.list(None).map_ok(|object| object.location.to_string()).try_collect().await?;
        names.sort_unstable();
        Ok(names)
    }
}

fn folder(folder: &Folder) -> Result<Objects, ObjectError> {
    std::fs::create_dir_all(folder)?;
    Ok(Objects(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
}
