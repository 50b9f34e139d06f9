package org.precertocsp.responder.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.StoredRow;

/// One record of a cluster's logs, as [ClusterRecordCodec] writes and reads it. Every kind is in
/// the status log, except [Report] and [RowDigests], which have a log of their own.
///
/// A *generation* begins with a [Reset], in an empty log; an *epoch* begins with a [Claim], and
/// only the process that appended it writes changes in it. Changes are numbered without gaps over
/// all epochs and generations: their *sequence*.
sealed interface ClusterRecord {
    /// The largest record, with its signature.
    int MAX_BYTES = 512 * 1024;

    /// Parts of one set of changes: 32 GiB.
    int MAX_PARTS = 1 << 16;

    int MAX_ECHOES = 1_000;
    int MAX_DIGESTS = 4_000;
    int NONCE_BYTES = 16;
    int DIGEST_BYTES = 32;

    /// Name of the authority or edge that signed it.
    String writer();

    long generation();

    /// A record that changes statuses, or a part of a change.
    sealed interface Change extends ClusterRecord {
        long epoch();

        long sequence();
    }

    /// A set of changes in one record.
    ///
    /// @param previous digest of the change before it, see [ReaderPosition#head]
    record Envelope(
            String writer,
            long generation,
            long epoch,
            long sequence,
            ByteString previous,
            List<StoredRow> rows)
            implements Change {
        public Envelope {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("epoch", epoch, 1);
            checkNumber("sequence", sequence, 1);
            checkLength("previous", previous, DIGEST_BYTES);
            rows = List.copyOf(rows);
        }
    }

    /// A part of a set of changes that is too large for one record. It has no effect until the
    /// [Seal] of its set is read.
    ///
    /// @param number of the part in its set, from 1
    record Part(
            String writer,
            long generation,
            long epoch,
            long sequence,
            int number,
            List<StoredRow> rows)
            implements Change {
        public Part {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("epoch", epoch, 1);
            checkNumber("sequence", sequence, 1);
            checkNumber("part", number, 1);
            if (number > MAX_PARTS) {
                throw new IllegalArgumentException("part %d is too high".formatted(number));
            }
            rows = List.copyOf(rows);
        }
    }

    /// Makes the parts before it one set of changes.
    ///
    /// @param previous as of [Envelope]
    /// @param digest of all parts, see [ReaderPosition.Staged]
    record Seal(
            String writer,
            long generation,
            long epoch,
            long sequence,
            ByteString previous,
            ByteString digest)
            implements Change {
        public Seal {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("epoch", epoch, 1);
            checkNumber("sequence", sequence, 1);
            checkLength("previous", previous, DIGEST_BYTES);
            checkLength("digest", digest, DIGEST_BYTES);
        }
    }

    /// An authority takes the right to write changes.
    ///
    /// @param epoch that begins if this counts
    /// @param nonce random for each claim, so that a process can tell its own from one it appended
    ///   before a restart
    record Claim(String writer, long generation, long epoch, ByteString nonce)
            implements ClusterRecord {
        public Claim {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("epoch", epoch, 1);
            checkLength("nonce", nonce, NONCE_BYTES);
        }
    }

    /// Appended by every authority each second: it is alive, and has received these reports.
    ///
    /// @param sequence of the newest change it has read
    /// @param head of its position, see [ReaderPosition#head]
    /// @param time of its wall clock, by which edges notice that theirs is wrong; milliseconds
    /// @param echoes the newest nonce of each edge
    record Beat(
            String writer,
            long generation,
            long sequence,
            ByteString head,
            Instant time,
            List<Echo> echoes)
            implements ClusterRecord {
        public Beat {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("sequence", sequence, 0);
            checkLength("head", head, DIGEST_BYTES);
            if (!time.truncatedTo(ChronoUnit.MILLIS).equals(time)) {
                throw new IllegalArgumentException(time + " is not in milliseconds");
            }
            echoes = List.copyOf(echoes);
            if (echoes.size() > MAX_ECHOES) {
                throw new IllegalArgumentException(echoes.size() + " echoes are too many");
            }
        }

        Optional<ByteString> nonceOf(String edge) {
            return echoes.stream()
                    .filter(echo -> echo.edge().equals(edge))
                    .map(Echo::nonce)
                    .findFirst();
        }
    }

    /// The nonce of an edge's report.
    record Echo(String edge, ByteString nonce) {
        public Echo {
            checkName(edge);
            checkLength("nonce", nonce, NONCE_BYTES);
        }
    }

    /// Begins a log: the first one, or one that replaces a log that was lost.
    ///
    /// @param generation that begins
    /// @param epoch the newest before it; nobody holds one until the next [Claim]
    /// @param sequence of the newest change before it
    /// @param head of the position after that change, see [ReaderPosition#head]
    record Reset(String writer, long generation, long epoch, long sequence, ByteString head)
            implements ClusterRecord {
        public Reset {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("epoch", epoch, 0);
            checkNumber("sequence", sequence, 0);
            checkLength("head", head, DIGEST_BYTES);
        }
    }

    /// An edge reports how far it is.
    ///
    /// @param writer the edge
    /// @param generation of its position
    /// @param sequence of the newest change it has applied
    /// @param nonce that a [Beat] echoes
    record Report(String writer, long generation, long sequence, ByteString nonce)
            implements ClusterRecord {
        public Report {
            checkName(writer);
            checkNumber("generation", generation, 0);
            checkNumber("sequence", sequence, 0);
            checkLength("nonce", nonce, NONCE_BYTES);
        }
    }

    /// A node reports its rows in brief, see [RowScrub].
    ///
    /// @param writer any node
    /// @param generation of its position
    /// @param sequence of the newest change in the rows
    /// @param digests in the order of the issuers' numbers
    record RowDigests(String writer, long generation, long sequence, List<IssuerDigest> digests)
            implements ClusterRecord {
        public RowDigests {
            checkName(writer);
            checkNumber("generation", generation, 1);
            checkNumber("sequence", sequence, 1);
            digests = List.copyOf(digests);
            if (digests.size() > MAX_DIGESTS) {
                throw new IllegalArgumentException(digests.size() + " digests are too many");
            }
            int before = -1;
            for (IssuerDigest digest : digests) {
                checkNumber("issuer", digest.issuer(), before + 1);
                checkNumber("rows", digest.rows(), 1);
                checkLength("digest", digest.sha256(), DIGEST_BYTES);
                before = digest.issuer();
            }
        }
    }

    /// Names of nodes: short, and the same in file names, metrics and host names.
    Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name of a node: " + name);
        }
    }

    private static void checkNumber(String what, long number, long least) {
        if (number < least) {
            throw new IllegalArgumentException("%s is %d".formatted(what, number));
        }
    }

    private static void checkLength(String what, ByteString bytes, int length) {
        if (bytes.length() != length) {
            throw new IllegalArgumentException("%s has %d bytes".formatted(what, bytes.length()));
        }
    }
}
