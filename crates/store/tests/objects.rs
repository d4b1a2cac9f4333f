//! Objects in a folder and in a bucket of a server that speaks S3 and checks signatures, started here.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use object_store::aws::AmazonS3Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use store::objects::{ObjectError, Objects};
use tempfile::TempDir;
use tokio::net::TcpListener;

const KEY: &str = "test-key";
const SECRET: &str = "test-secret";
const BUCKET: &str = "portraits";

/// Starts an S3 server over a folder; gives its address.
async fn server(folder: &TempDir) -> String {
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let http = Builder::new(TokioExecutor::new());
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let connection = http.serve_connection(TokioIo::new(socket), service.clone()).into_owned();
            tokio::spawn(connection);
        }
    });
    address
}

fn bucket(endpoint: &str, secret: &str) -> Objects {
    let server = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_access_key_id(KEY)
        .with_secret_access_key(secret);
    Objects::bucket(&format!("{BUCKET}/xd-2027"), server).unwrap()
}

#[tokio::test]
async fn objects_are_kept_once_found_listed_and_removed_in_a_folder_and_over_s3() {
    let (folder, bucket_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let endpoint = server(&bucket_folder).await;
    let stores = [Objects::open(folder.path().to_str().unwrap()).unwrap(), bucket(&endpoint, SECRET)];
    for objects in stores {
        objects.put("2027/a", b"one".to_vec()).await.unwrap();
        objects.put("2027/b", vec![7; 3_000_000]).await.unwrap();
        assert_eq!(objects.get("2027/a").await.unwrap(), "one".as_bytes());
        assert_eq!(objects.get("2027/b").await.unwrap().len(), 3_000_000);
        assert_eq!(objects.names().await.unwrap(), ["2027/a", "2027/b"]);
        objects.remove("2027/a").await.unwrap();
        objects.remove("2027/a").await.unwrap();
        assert!(matches!(objects.get("2027/a").await, Err(ObjectError::Missing(_))));
        assert_eq!(objects.names().await.unwrap(), ["2027/b"]);
    }
}

#[tokio::test]
async fn an_object_is_never_overwritten_and_the_same_again_is_fine() {
    let (folder, bucket_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let endpoint = server(&bucket_folder).await;
    let stores = [Objects::open(folder.path().to_str().unwrap()).unwrap(), bucket(&endpoint, SECRET)];
    for objects in stores {
        objects.put("a", b"one".to_vec()).await.unwrap();
        objects.put("a", b"one".to_vec()).await.unwrap();
        let other = objects.put("a", b"two".to_vec()).await;
        assert!(matches!(other, Err(ObjectError::Taken(_))), "{other:?}");
        assert_eq!(objects.get("a").await.unwrap(), "one".as_bytes());
    }
}

#[tokio::test]
async fn a_wrong_secret_or_address_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = server(&folder).await;
    let refused = bucket(&endpoint, "wrong").put("a", b"one".to_vec()).await;
    assert!(matches!(refused, Err(ObjectError::Store(_))), "{refused:?}");
    assert!(matches!(Objects::open("ftp://x"), Err(ObjectError::Address)));
    assert!(matches!(Objects::open("s3:///x"), Err(ObjectError::Address)));
}
