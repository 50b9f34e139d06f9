package org.precertocsp.responder.audit;

/// Kinds of records that a log writes for itself.
public final class RecordKind {
    /// First of every file: contains what is needed to continue from there.
    public static final String SEGMENT = "SEGMENT";

    /// Last of the records that must be durable: the tree so far, signed.
    public static final String CHECKPOINT = "CHECKPOINT";

    /// A file was compressed; contains its hash.
    public static final String SEALED = "SEALED";

    /// Files were deleted because no rule requires them any longer.
    public static final String PRUNED = "PRUNED";

    /// The previous log was modified or damaged; it was moved aside.
    public static final String BEGUN_ANEW = "BEGUN_ANEW";

    /// The log could not be written for a while and continues: why, and how many unacknowledged
    /// records were withdrawn.
    public static final String REPAIRED = "REPAIRED";

    private RecordKind() {}
}
