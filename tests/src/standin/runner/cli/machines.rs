//! The machine types that the CLI knows, with processors and memory in GiB.

const MACHINES: &[(&str, u32, u32)] = &[
    ("Standard_D8s_v3", 8, 32),
    ("Standard_D16s_v3", 16, 64),
    ("Standard_D32s_v3", 32, 128),
    ("Standard_D64s_v3", 64, 256),
    ("Standard_E16s_v3", 16, 128),
    ("Standard_E32s_v3", 32, 256),
    ("Standard_E48s_v3", 48, 384),
    ("Standard_E64s_v3", 64, 432),
    ("Standard_E64is_v3", 64, 504),
    ("Standard_E16s_v5", 16, 128),
    ("Standard_E32s_v5", 32, 256),
    ("Standard_E48s_v5", 48, 384),
    ("Standard_E64s_v5", 64, 512),
    ("Standard_E96s_v5", 96, 672),
    ("Standard_E32bs_v5", 32, 256),
    ("Standard_E64bs_v5", 64, 512),
    ("Standard_E96bs_v5", 96, 672),
    ("Standard_L8s_v3", 8, 64),
    ("Standard_L16s_v3", 16, 128),
    ("Standard_L32s_v3", 32, 256),
    ("Standard_L48s_v3", 48, 384),
    ("Standard_L64s_v3", 64, 512),
    ("Standard_L80s_v3", 80, 640),
    ("Standard_HB120rs_v3", 120, 480),
    ("Standard_HC44rs", 44, 352),
    ("Standard_HB60rs", 60, 240),
];

/// Processors and memory in GiB of a machine type.
pub fn machine(name: &str) -> Option<(u32, u32)> {
    MACHINES.iter().find(|(known, ..)| *known == name).map(|(_, cpus, memory)| (*cpus, *memory))
}
