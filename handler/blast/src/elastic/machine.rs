//! Machine types that ElasticBLAST knows.

use crate::options::FieldError;

/// An Azure machine type with what ElasticBLAST takes it to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Its name in Azure, which is also the value of the node label `node.kubernetes.io/instance-type`.
    pub name: &'static str,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in GiB.
    pub memory_gib: u32,
}

/// Memory that ElasticBLAST leaves to the system on every machine, in GiB.
pub const SYSTEM_MEMORY_GIB: u32 = 2;

impl Machine {
    /// The machine type of this name.
    ///
    /// # Errors
    /// A machine type that the pinned ElasticBLAST does not know: it would end with an input error.
    pub fn named(name: &str) -> Result<Self, FieldError> {
        let found = MACHINES.iter().find(|machine| machine.name == name).copied();
        found.ok_or_else(|| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let names: Vec<_> = MACHINES.iter().map(|machine| machine.name).collect();
            let message = format!(
                "ElasticBLAST does not know the machine type “{shown}”, so it cannot search on this cluster."
            );
            FieldError::new("machine-type", "not_allowed", message, Some(names.join(", ")))
        })
    }

    /// Memory that searches may use, in GiB.
    pub const fn usable_gib(&self) -> u32 {
        self.memory_gib.saturating_sub(SYSTEM_MEMORY_GIB)
    }
}

const fn machine(name: &'static str, vcpus: u32, memory_gib: u32) -> Machine {
    Machine { name, vcpus, memory_gib }
}

/// Every machine type that the pinned ElasticBLAST takes; sizes are Azure's own
/// (<https://learn.microsoft.com/azure/virtual-machines/sizes>).
pub const MACHINES: &[Machine] = &[
    machine("Standard_D8s_v3", 8, 32),
    machine("Standard_D16s_v3", 16, 64),
    machine("Standard_D32s_v3", 32, 128),
    machine("Standard_D64s_v3", 64, 256),
    machine("Standard_E64s_v3", 64, 432),
    machine("Standard_E64is_v3", 64, 504),
    machine("Standard_E16s_v5", 16, 128),
    machine("Standard_E32s_v5", 32, 256),
    machine("Standard_E48s_v5", 48, 384),
    machine("Standard_E64s_v5", 64, 512),
    machine("Standard_E96s_v5", 96, 672),
    machine("Standard_E16bs_v5", 16, 128),
    machine("Standard_E32bs_v5", 32, 256),
    machine("Standard_E48bs_v5", 48, 384),
    machine("Standard_E64bs_v5", 64, 512),
    machine("Standard_E96bs_v5", 96, 672),
    machine("Standard_L8s_v3", 8, 64),
    machine("Standard_L16s_v3", 16, 128),
    machine("Standard_L32s_v3", 32, 256),
    machine("Standard_L48s_v3", 48, 384),
    machine("Standard_L64s_v3", 64, 512),
    machine("Standard_L80s_v3", 80, 640),
    machine("Standard_L8as_v3", 8, 64),
    machine("Standard_L16as_v3", 16, 128),
    machine("Standard_L32as_v3", 32, 256),
    machine("Standard_L48as_v3", 48, 384),
    machine("Standard_L64as_v3", 64, 512),
    machine("Standard_L80as_v3", 80, 640),
    machine("Standard_HC44rs", 44, 352),
    machine("Standard_HB60rs", 60, 240),
    machine("Standard_HB120rs_v3", 120, 480),
];
