//! A network that cuts, stalls, refuses and repeats.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// The network between a station and the server: connections are cut after some bytes in either direction, stall, are
/// refused, and what was sent is sent again later by nobody.
pub async fn network(
    listener: TcpListener,
    server: u16,
    seed: u64,
    faulty: Arc<AtomicBool>,
    cuts: Arc<AtomicU32>,
) {
    let mut rng = fastrand::Rng::with_seed(seed);
    loop {
        let Ok((mut near, _)) = listener.accept().await else { return };
        let fault = if faulty.load(Ordering::Relaxed) { rng.u32(0..10) } else { 9 };
        let (limit, stall, again) = (rng.usize(20..60_000), rng.u64(0..400), rng.bool());
        if fault == 0 {
            cuts.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let cuts = Arc::clone(&cuts);
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(("127.0.0.1", server)).await else { return };
            match fault {
                // Cut after so many bytes, on the way there or back.
                1 | 2 => {
                    cuts.fetch_add(1, Ordering::Relaxed);
                    let sent = copy_some(&mut near, &mut far, limit).await;
                    if again && let Ok(mut repeated) = TcpStream::connect(("127.0.0.1", server)).await {
                        // The same bytes arrive a second time, out of their turn.
                        sleep(Duration::from_millis(stall)).await;
                        let _ = repeated.write_all(&sent).await;
                        let _ =
                            tokio::time::timeout(Duration::from_millis(300), repeated.read(&mut [0; 512]))
                                .await;
                    }
                }
                3 => {
                    sleep(Duration::from_millis(stall)).await;
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                }
                _ => {
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                }
            }
        });
    }
}

/// Lets some bytes through and then nothing more; gives those that went to the server.
async fn copy_some(near: &mut TcpStream, far: &mut TcpStream, limit: usize) -> Vec<u8> {
    let (mut sent, mut there, mut back) = (Vec::new(), vec![0; 4096], vec![0; 4096]);
    let ends = Instant::now() + Duration::from_secs(3);
    while sent.len() < limit && Instant::now() < ends {
        tokio::select! {
            read = near.read(&mut there) => match read {
                Ok(count @ 1..) => {
                    let count = count.min(limit - sent.len());
                    sent.extend_from_slice(&there[..count]);
                    if far.write_all(&there[..count]).await.is_err() { break }
                }
                _ => break,
            },
            read = far.read(&mut back) => match read {
                Ok(count @ 1..) => if near.write_all(&back[..count]).await.is_err() { break },
                _ => break,
            },
            () = sleep(Duration::from_millis(500)) => break,
        }
    }
    sent
}
