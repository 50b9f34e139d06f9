package org.precertocsp.responder.cluster;

import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.cluster.ReadResult.Ignored;
import org.precertocsp.responder.cluster.ReadResult.Stopped;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;

/// Decides which records of the status log count. Pure: the same position and record give the same
/// result on every node, so all nodes agree without talking to each other.
///
/// A record that comes late is ignored, since a late record never counts anywhere. A record that
/// presupposes one the reader has not seen stops it: its writer had read all changes before it, so
/// the log, as this reader receives it, lacks something.
final class LogReader {
    private final ClusterRules rules;

    LogReader(ClusterRules rules) {
        this.rules = rules;
    }

    /// Reads the next record of the log.
    ReadResult read(ReaderPosition at, Opened opened) {
        return switch (opened) {
            case Opened.Forged forged -> new Ignored(at, Ignored.Reason.FORGED, forged.reason());
            case Opened.Unreadable unreadable ->
                    new Stopped(
                            at,
                            Stopped.Reason.UNREADABLE,
                            "%s wrote it: %s".formatted(unreadable.writer(), unreadable.reason()));
            case Opened.Genuine genuine -> read(at, genuine.record(), genuine.digest());
        };
    }

    private ReadResult read(ReaderPosition at, ClusterRecord record, ByteString digest) {
        if (record instanceof Report || record instanceof RowDigests) {
            return new Ignored(at, Ignored.Reason.MISPLACED, "a report of " + record.writer());
        }
        if (rules.isOldGeneration(at, record)) {
            return ignored(at, Ignored.Reason.OLD_GENERATION, "generation", record.generation());
        }
        if (record instanceof Reset reset) {
            return begin(at, reset);
        }
        if (record.generation() > at.generation()) {
            return gap(at, "generation", record.generation(), at.generation());
        }
        return switch (record) {
            case Claim claim -> claim(at, claim);
            case Beat beat -> beat(at, beat);
            case Change change -> change(at, change, digest);
            case Reset _, Report _, RowDigests _ ->
                    throw new IllegalStateException("handled before");
        };
    }

    private ReadResult begin(ReaderPosition at, Reset reset) {
        if (reset.generation() <= at.generation()) {
            return ignored(at, Ignored.Reason.REPLAYED, "reset to generation", reset.generation());
        }
        if (rules.begins(at, reset)) {
            return new ReadResult.Begun(at.afterReset(reset), reset);
        }
        if (reset.sequence() > at.sequence()) {
            return gap(at, "change", reset.sequence(), at.sequence());
        }
        return reset.sequence() < at.sequence()
                ? new Stopped(
                        at,
                        Stopped.Reason.LOST_CHANGES,
                        "generation %d begins with change %d, and this node has %d"
                                .formatted(reset.generation(), reset.sequence(), at.sequence()))
                : diverged(at, reset.sequence());
    }

    private ReadResult claim(ReaderPosition at, Claim claim) {
        if (rules.takesOver(at, claim)) {
            return new ReadResult.Claimed(at.afterClaim(claim), claim);
        }
        return claim.epoch() > at.epoch()
                ? gap(at, "epoch", claim.epoch() - 1, at.epoch())
                : ignored(at, Ignored.Reason.OLD_EPOCH, "claim of epoch", claim.epoch());
    }

    private ReadResult beat(ReaderPosition at, Beat beat) {
        if (rules.misses(at, beat)) {
            return gap(at, "change", beat.sequence(), at.sequence());
        }
        return beat.sequence() == at.sequence() && !rules.continues(at, beat.head())
                ? diverged(at, at.sequence())
                : new ReadResult.Beaten(at, beat);
    }

    private ReadResult change(ReaderPosition at, Change change, ByteString digest) {
        if (rules.isOldEpoch(at, change)) {
            return ignored(at, Ignored.Reason.OLD_EPOCH, "change of epoch", change.epoch());
        }
        if (change.epoch() > at.epoch()) {
            return gap(at, "epoch", change.epoch(), at.epoch());
        }
        if (rules.isRepeated(at, change)) {
            return ignored(at, Ignored.Reason.REPLAYED, "change", change.sequence());
        }
        if (change.sequence() > at.sequence() + 1) {
            return gap(at, "change", change.sequence() - 1, at.sequence());
        }
        return switch (change) {
            case Envelope envelope ->
                    rules.continues(at, envelope.previous())
                            ? counted(at, envelope, digest)
                            : diverged(at, at.sequence());
            case Part part -> part(at, part, digest);
            case Seal seal when !rules.continues(at, seal.previous()) ->
                    diverged(at, at.sequence());
            case Seal seal ->
                    rules.isComplete(at, seal)
                            ? counted(at, seal, digest)
                            : ignored(at, Ignored.Reason.INCOMPLETE, "change", change.sequence());
        };
    }

    private ReadResult part(ReaderPosition at, Part part, ByteString digest) {
        int next = at.stagedSoFar().parts() + 1;
        if (part.number() == next) {
            return new ReadResult.Staged(at.afterPart(digest), part);
        }
        return ignored(
                at,
                part.number() < next ? Ignored.Reason.REPLAYED : Ignored.Reason.INCOMPLETE,
                "part",
                part.number());
    }

    private static ReadResult counted(ReaderPosition at, Change change, ByteString digest) {
        return new ReadResult.Counted(at.afterChange(change.sequence(), digest), change);
    }

    private static Ignored ignored(
            ReaderPosition at, Ignored.Reason reason, String what, long number) {
        return new Ignored(at, reason, "%s %d".formatted(what, number));
    }

    private static Stopped gap(ReaderPosition at, String what, long missing, long newest) {
        return new Stopped(
                at,
                Stopped.Reason.GAP,
                "%s %d is missing, this node has %d".formatted(what, missing, newest));
    }

    private static Stopped diverged(ReaderPosition at, long sequence) {
        return new Stopped(
                at,
                Stopped.Reason.DIVERGED,
                "the log has another change %d than this node".formatted(sequence));
    }
}
