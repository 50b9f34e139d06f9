package org.precertocsp.responder.audit;

/// Records a log writes for itself.
public final class RecordKind {
    /// First of every file: carries what is needed to go on from there.
    public static final String SEGMENT = "SEGMENT";

    /// Last of whatever must be durable: the tree so far, signed.
    public static final String CHECKPOINT = "CHECKPOINT";

    /// A file was compressed: its hash.
    public static final String SEALED = "SEALED";

    /// Files were removed because no rule keeps them any longer.
    public static final String PRUNED = "PRUNED";

    /// The log before this one was not what was written; it lies aside.
    public static final String BEGUN_ANEW = "BEGUN_ANEW";

    /// The log could not be written for a while and goes on: why, and how many records that nobody
    /// was told of as recorded were withdrawn.
    public static final String REPAIRED = "REPAIRED";

    private RecordKind() {}
}
