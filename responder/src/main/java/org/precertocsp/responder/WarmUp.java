package org.precertocsp.responder;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.ocsp.CertIdEncoder;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.FastAnswerLookup;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.http.OcspServiceConfig;
import org.precertocsp.responder.http.Rehearsal;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.store.RocksStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a server fast before it says that it is ready: it answers requests for serials of its own
/// store, through every layer, as clients will send them ([Rehearsal]).
///
/// Nothing of this is seen or kept: cache, metrics and events are its own, responses are read from
/// the store and never written to it, and no reply leaves the process. Software keys sign, without
/// a record in the journal, since their signatures are dropped at once; tokens never do.
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /// More serials would not be faster later, and a small store has little that must be fast.
    private static final int SERIALS = 256;

    /// Some five thousand requests: then nearly all of an answer is compiled for the first time.
    private static final int ROUNDS = 20;

    /// Less than the answers to the serials, so that some are found in it and some are not.
    private static final long CACHE_BYTES = 256 << 10;

    private final ServerConfig config;
    private final RocksStore store;
    private final MonotonicClock clock;
    private final List<ServedIssuer> issuers;

    /// @param issuers whose keys are software, with signers that keep no record
    WarmUp(
            ServerConfig config,
            RocksStore store,
            MonotonicClock clock,
            List<ServedIssuer> issuers) {
        this.config = config;
        this.store = store;
        this.clock = clock;
        this.issuers = issuers;
    }

    void run() {
        Duration atMost = config.warmUp();
        List<byte[]> requests = requests();
        if (requests.isEmpty()) {
            return;
        }
        AnswerContext shared =
                new AnswerContext(
                        new IssuerDirectory(issuers),
                        store,
                        store.epochs(),
                        config.answers(),
                        clock);
        AnswerCache<HttpReply> cache =
                new AnswerCache<>(CACHE_BYTES, HttpReply::of, HttpReply::bytes);
        FastAnswerLookup<HttpReply> ready =
                new FastAnswerLookup<>(
                        shared, cache, HttpReply.unauthorized(), UnassignedSerialListener.NONE);
        AnswerService source =
                new AnswerService(
                        shared,
                        cache,
                        new EverySecondStored(store.responses(), new AtomicLong()),
                        config.signing().timeout(),
                        AnswerEvents.NONE);
        long begin = System.nanoTime();
        int answered =
                Rehearsal.run(
                        config.http(),
                        new OcspServiceConfig(
                                new OcspRequestDecoder(config.requests()),
                                shared.issuers(),
                                ready::find,
                                source,
                                Runtime.getRuntime().availableProcessors()),
                        clock,
                        requests,
                        ROUNDS,
                        atMost);
        LOG.debug(
                "{} requests of its own answered in {} ms",
                answered,
                (System.nanoTime() - begin) / 1_000_000);
    }

    /// For each serial twice, so that the second is answered from the cache.
    private List<byte[]> requests() {
        List<byte[]> requests = new ArrayList<>();
        for (ServedIssuer issuer : issuers) {
            for (Serial serial :
                    store.serials(issuer.key(), Optional.empty(), SERIALS / issuers.size() + 1)) {
                byte[] request = request(issuer, HashAlgorithm.SHA1, serial);
                requests.addAll(List.of(request, request));
            }
        }
        return requests;
    }

    private static byte[] request(ServedIssuer issuer, HashAlgorithm hash, Serial serial) {
        byte[] certId =
                CertIdEncoder.encode(issuer.key().certId(hash, DigestParameters.NULL, serial))
                        .toArray();
        byte[] list = DerWriter.encode(DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, certId));
        return DerWriter.encode(DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, list));
    }

    /// Finds stored responses for half of the requests only, so that the other half are signed.
    private record EverySecondStored(ResponseStore stored, AtomicLong turn)
            implements ResponseStore {
        @Override
        public Optional<StoredResponse> find(ResponseKey key) {
            Optional<StoredResponse> found = stored.find(key);
            return turn.getAndIncrement() % 2 == 0 ? found : Optional.empty();
        }

        @Override
        public void keep(StoredResponse response) {
            // What was signed here has no record in the journal.
        }
    }
}
