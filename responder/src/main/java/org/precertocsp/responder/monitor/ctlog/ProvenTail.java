package org.precertocsp.responder.monitor.ctlog;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.Frontier;

/// Reads a log from its newest head backwards, in stretches that each are proven to be part of the
/// head's tree before anything in them is believed (CT-08, CT-09). Blocks on the network.
public final class ProvenTail {
    private static final int LONGEST = 1 << 14;

    private final CtLog log;
    private final OurIssuers ours;

    /// @param ours whose entries are wanted
    public ProvenTail(CtLog log, OurIssuers ours) {
        this.log = log;
        this.ours = ours;
    }

    /// What was found.
    ///
    /// @param precertificates newest first
    /// @param read how many entries there were to look through
    public record Tail(TreeHead head, List<Candidate> precertificates, long read) {
        public Tail {
            precertificates = List.copyOf(precertificates);
        }
    }

    /// The newest precertificates of those issuers.
    ///
    /// @param wanted how many at most
    /// @param reach how many entries are looked through for them, rounded up to whole stretches
    /// @throws NotProven the log breaks its promise
    public Tail last(int wanted, long reach)
            throws NotProven, LogUnavailable, InterruptedException {
        try {
            TreeHead head = log.head();
            List<Candidate> found = new ArrayList<>();
            long end = head.size();
            long length = log.pageSize();
            while (end > 0 && found.size() < wanted && head.size() - end < reach) {
                long from = Math.max(0, end - length);
                from -= from % log.pageSize();
                found.addAll(stretch(from, end, head).reversed());
                end = from;
                length = Math.min(2 * length, LONGEST);
            }
            return new Tail(
                    head, found.subList(0, Math.min(wanted, found.size())), head.size() - end);
        } catch (UntrustedHead | MalformedAnswer e) {
            throw new NotProven(String.valueOf(e.getMessage()), e);
        }
    }

    private List<Candidate> stretch(long from, long end, TreeHead head)
            throws NotProven, LogUnavailable, MalformedAnswer, InterruptedException {
        Frontier tree = edge(from, head);
        List<Candidate> found = new ArrayList<>();
        while (tree.size() < end) {
            EntryPage page = log.entries(new CtLog.Range(tree.size(), end), head, ours);
            tree.addAll(page.leafHashes().toArray());
            page.candidates().stream().filter(Candidate::isPrecertificate).forEach(found::add);
        }
        List<Octets> nodes = log.consistency(end, head);
        ConsistencyProof.Tree rebuilt = new ConsistencyProof.Tree(end, tree.root());
        ConsistencyProof.Tree signed = new ConsistencyProof.Tree(head.size(), head.root());
        if (!ConsistencyProof.proves(nodes, rebuilt, signed)) {
            throw new NotProven(
                    "entries %d to %d are not those of its tree of %d entries, root %s"
                            .formatted(from, end - 1, head.size(), head.root()),
                    null);
        }
        return found;
    }

    /// What the log claims of the entries before; a wrong claim leads to no root it signed.
    private Frontier edge(long from, TreeHead head)
            throws NotProven, LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return new Frontier(from, log.edge(from, head));
        } catch (IllegalArgumentException e) {
            throw new NotProven(
                    "its proof for entry %d does not fit: %s".formatted(from, e.getMessage()), e);
        }
    }
}
