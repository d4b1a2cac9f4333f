//! Runs kernels with the best instructions that the machine has; the only unsafe code of this crate.

#[cfg(target_arch = "x86_64")]
use super::kernels::{LANES, Lanes};
use super::{
    Memory,
    kernels::{Activation, Compiled, Dense, Depthwise},
    steps::Step,
};

/// Instruction sets that the kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What every processor of the target has; wasm and ARM run this.
    Portable,
    /// Eight lanes and fused multiply-add.
    Avx2,
    /// Sixteen lanes and twice the registers.
    Avx512,
}

impl Level {
    /// The fastest that this machine has.
    pub fn best() -> Self {
        [Self::Avx512, Self::Avx2].into_iter().find(|level| level.is_here()).unwrap_or(Self::Portable)
    }

    /// Whether this machine has it.
    pub fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_here()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }
}

/// AVX-512: one register for each row's sums; written out because the compiler keeps twelve rows in memory.
#[cfg(target_arch = "x86_64")]
struct Sixteen;

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "sixteen lanes are loaded and stored through pointers")]
impl Lanes for Sixteen {
    #[inline(always)]
    fn product<const R: usize>(
        rows: &[f32],
        k: usize,
        panel: &[f32],
        bias: &[f32; LANES],
    ) -> [[f32; LANES]; R] {
        use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps};
        assert!(rows.len() >= R * k && panel.len() >= k * LANES);
        let mut out = [[0.0; LANES]; R];
        // SAFETY: reads stay below the lengths just asserted, `bias` and each row of `out` hold sixteen values, and
        // only `avx512` functions of this module use this type, on processors that have the instructions.
        unsafe {
            let mut sums = [_mm512_loadu_ps(bias.as_ptr()); R];
            for i in 0..k {
                let weights = _mm512_loadu_ps(panel.as_ptr().add(i * LANES));
                for (r, sum) in sums.iter_mut().enumerate() {
                    let value = _mm512_set1_ps(*rows.as_ptr().add(r * k + i));
                    *sum = _mm512_fmadd_ps(value, weights, *sum);
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                _mm512_storeu_ps(out.as_mut_ptr(), sum);
            }
        }
        out
    }
}

/// Makes a function that calls a kernel compiled for a level, or the portable one where the machine lacks it.
/// `$rows` is the number of sums that fit the registers: 32 of sixteen lanes, or 16 of eight.
macro_rules! for_each_level {
    ($(#[$doc:meta])* $name:ident($($value:ident: $type:ty),*), |$lanes:ident, $fused:ident, $rows:ident| $body:expr) => {
        $(#[$doc])*
        #[cfg_attr(
            target_arch = "x86_64",
            expect(unsafe_code, reason = "only a processor that has the instructions may run them")
        )]
        pub fn $name(level: Level, $($value: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx2,fma")]
            fn avx512($($value: $type),*) {
                type $lanes = Sixteen;
                const $fused: bool = true;
                const $rows: usize = 12;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($value: $type),*) {
                type $lanes = Compiled<true>;
                const $fused: bool = true;
                const $rows: usize = 6;
                $body
            }
            fn portable($($value: $type),*) {
                type $lanes = Compiled<false>;
                const $fused: bool = false;
                const $rows: usize = 4;
                $body
            }
            match level {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has the features, as just asked.
                Level::Avx512 if level.is_here() => unsafe { avx512($($value),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the processor has the features, as just asked.
                Level::Avx2 if level.is_here() => unsafe { avx2($($value),*) },
                _ => portable($($value),*),
            }
        }
    };
}

for_each_level!(
    /// Rows of values times packed weights.
    dense(layer: &Dense, rows: &[f32], out: &mut [f32], activation: &Activation),
    |Chosen, _FUSED, ROWS| layer.run::<Chosen, ROWS>(rows, out, activation)
);

for_each_level!(
    /// A depthwise convolution.
    depthwise(layer: &Depthwise, input: &[f32], out: &mut [f32], activation: &Activation),
    |_Chosen, FUSED, _ROWS| layer.run::<FUSED>(input, out, activation)
);

for_each_level!(
    /// A step without products.
    plain(step: &Step, memory: &mut Memory),
    |_Chosen, _FUSED, _ROWS| step.plain(memory)
);
