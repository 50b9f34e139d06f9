package org.precertocsp.responder.admin.overview;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.freshness.RenewalHorizon;
import org.precertocsp.responder.freshness.RenewalState;
import org.precertocsp.responder.intake.ctlog.watch.LogState;
import org.precertocsp.responder.intake.spool.SpoolState;
import org.precertocsp.responder.rocksdb.ResponseCounts;
import org.precertocsp.responder.rocksdb.StoreFigures;
import org.precertocsp.responder.unassigned.UnassignedCount;
import org.precertocsp.signer.SigningState;

/// The running server at a glance; its JSON has these fields. Counts are since the start, no serial
/// is in it.
///
/// @param moments the last half hour, oldest first
/// @param ages of the responses handed out, by powers of two: bucket i ends at 2 to the power of i
///   seconds
public record Overview(
        Instant at,
        Instant startedAt,
        List<Health> health,
        List<Requests> requests,
        List<Layer> layers,
        List<Moment> moments,
        List<Long> ages,
        List<Issuer> issuers,
        ResponseCounts responses,
        StoreFigures store,
        Feeds feeds,
        List<Log> logs,
        Audit audit) {
    /// Something without which no good answer can be given.
    ///
    /// @param problem why it is unusable now
    public record Health(String name, Optional<String> problem) {}

    /// @param outcome `answered`, an OCSP error such as `try_later`, or an HTTP status as
    ///   `http_404`
    public record Requests(String method, String hash, String outcome, long count) {}

    /// @param asked requests that came to the layer; what it did not answer the next was asked
    public record Layer(String name, long asked) {}

    /// A short while, told by its end.
    ///
    /// @param requests in it
    /// @param unanswered of these, those without a signed answer
    /// @param signed signatures made in it
    /// @param waiting requests that waited for a signature at its end
    /// @param p50Micros half of the replies took no longer, about; none where there were none
    /// @param p99Micros as `p50Micros`, for 99 of 100
    public record Moment(
            Instant at,
            double seconds,
            long requests,
            long unanswered,
            long signed,
            int waiting,
            Optional<Double> p50Micros,
            Optional<Double> p99Micros) {}

    /// One issuer that is answered for.
    ///
    /// @param authorityEnds end of the CA's certificate
    /// @param signerEnds end of the certificate that signs answers
    public record Issuer(
            String name,
            Signing signing,
            Optional<Renewal> renewal,
            Optional<Unassigned> unassigned,
            Instant authorityEnds,
            Instant signerEnds) {}

    /// @param refused by cause, such as `queue_full`
    public record Signing(
            int inFlight,
            int waiting,
            boolean breakerOpen,
            long signed,
            Map<String, Long> refused,
            Optional<Failure> lastFailure) {
        public static Signing of(SigningState state) {
            Map<String, Long> refused = new TreeMap<>();
            state.refused().forEach((cause, count) -> refused.put(word(cause.name()), count));
            return new Signing(
                    state.inFlight(),
                    state.waiting(),
                    state.breakerOpen(),
                    state.signed(),
                    refused,
                    state.lastFailure().map(it -> new Failure(it.at(), it.what())));
        }
    }

    public record Failure(Instant at, String what) {}

    /// @param lagSeconds how late the most overdue renewal is
    /// @param ahead what is planned; none before the first look ahead
    public record Renewal(
            double lagSeconds,
            boolean backlog,
            boolean failing,
            long signed,
            long failures,
            Optional<RenewalHorizon> ahead) {
        public static Renewal of(RenewalState state) {
            return new Renewal(
                    state.lag().toMillis() / 1e3,
                    state.backlog(),
                    state.failing(),
                    state.signed(),
                    state.failures(),
                    state.ahead());
        }
    }

    /// Requests for serials nobody assigned.
    ///
    /// @param distinct serials in this hour, about
    /// @param usual such requests an hour
    public record Unassigned(long requests, long distinct, double usual) {
        public static Unassigned of(UnassignedCount count) {
            return new Unassigned(count.requests(), count.distinct(), count.usual());
        }
    }

    /// @param recent files, the newest first
    public record Feeds(SpoolState spool, List<RecentLoads.Load> recent) {}

    /// A Certificate Transparency log that is followed.
    ///
    /// @param place entries taken in
    /// @param headSize entries there are
    public record Log(
            String name,
            String state,
            long place,
            long headSize,
            Optional<Instant> headAt,
            Optional<String> problem) {
        public static Log of(LogState state) {
            return new Log(
                    state.log(),
                    state.phase().label(),
                    state.reading().place(),
                    state.reading().headSize(),
                    state.reading().headAt(),
                    state.problem());
        }
    }

    /// @param checkedAt when the logs were last compared with what was written
    /// @param problems what was found then; none means all was as written
    public record Audit(List<Book> books, Optional<Instant> checkedAt, List<String> problems) {}

    /// One audit log.
    ///
    /// @param records under the last checkpoint
    /// @param root of the tree over them, as that checkpoint has it
    /// @param sealedAt when this process last signed one
    public record Book(String name, long records, Octets root, Optional<Instant> sealedAt) {}

    static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT);
    }
}
