package org.precertocsp.responder.cluster.answers;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Endpoint;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Settings;

/// Measures how long an edge takes for a miss through an authority: real sockets, mutual TLS and
/// signatures with P-256, all in one process on loopback, so that the edge, two authorities and the
/// clients share its processors. Run it with the test class path; arguments are misses per second
/// and seconds.
///
/// Misses begin on a fixed schedule and are timed from the moment at which they were to begin. Each
/// is for another serial, so that all of them are signed. Not measured: the first second of an
/// edge, its endpoint, a network, stores on disk.
final class MissLatency {
    private static final int WARM_UP = 8_000;

    private MissLatency() {}

    public static void main(String[] arguments) throws Exception {
        int perSecond = Integer.parseInt(arguments[0]);
        int misses = perSecond * Integer.parseInt(arguments[1]);
        Path folder = Files.createTempDirectory("misses");
        TestClientCa clients = new TestClientCa(folder, "Client CA");
        long last = 3L * (WARM_UP + misses);
        try (TestAuthority first = new TestAuthority(folder, clients);
                TestAuthority second = new TestAuthority(folder, clients);
                FakeAuthority silent = new FakeAuthority(clients)) {
            silent.silent = true;
            TestAuthority.assign(first.store, 1, last);
            TestAuthority.assign(second.store, 1, last);
            long serial = 1;
            serial = measure("warm-up", clients, 2 * perSecond, WARM_UP, serial, first, second);
            int before = first.signatures.get() + second.signatures.get();
            serial = measure("two that work", clients, perSecond, misses, serial, first, second);
            System.out.printf(
                    "  %d signatures for %d misses%n",
                    first.signatures.get() + second.signatures.get() - before, misses);
            var _ =
                    measure(
                            "the first one silent",
                            clients,
                            perSecond,
                            misses,
                            serial,
                            silent.address(),
                            second.address());
        }
    }

    private static long measure(
            String what,
            TestClientCa clients,
            int perSecond,
            int misses,
            long serial,
            TestAuthority first,
            TestAuthority second)
            throws Exception {
        return measure(what, clients, perSecond, misses, serial, first.address(), second.address());
    }

    private static long measure(
            String what, TestClientCa clients, int perSecond, int misses, long serial, URI... to)
            throws Exception {
        List<Endpoint> endpoints = new ArrayList<>();
        for (URI address : to) {
            endpoints.add(new Endpoint("abc".charAt(endpoints.size()) + "", address));
        }
        long[] taken = new long[misses];
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(misses);
        try (TestEdge edge = new TestEdge(clients.client("edge"), Settings.USUAL, endpoints)) {
            TestAuthority.assign(edge.store, serial, serial + misses);
            long begin = System.nanoTime() + Duration.ofMillis(100).toNanos();
            for (int i = 0; i < misses; i++) {
                int number = i;
                long due = begin + number * 1_000_000_000L / perSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                Thread.startVirtualThread(
                        () -> {
                            if (!(edge.ask(serial + number) instanceof Answer.Served)) {
                                failed.incrementAndGet();
                            }
                            taken[number] = (System.nanoTime() - due) / 1_000;
                            left.countDown();
                        });
            }
            left.await();
            // Without the first second: connections and their keys are made then.
            long[] micros = Arrays.copyOfRange(taken, perSecond, misses);
            Arrays.sort(micros);
            System.out.printf(
                    "%s, %d misses/s: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, max %.1f ms;"
                            + " %d tryLater; %s%n",
                    what,
                    perSecond,
                    micros[micros.length / 2] / 1e3,
                    micros[micros.length * 99 / 100] / 1e3,
                    micros[micros.length * 999 / 1_000] / 1e3,
                    micros[micros.length - 1] / 1e3,
                    failed.get(),
                    edge.client.states());
        }
        return serial + misses;
    }
}
