package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.InMemoryStatusStore;

/// However many uploads a caller begins, few are under way at once, and none fills the disk.
final class UploadLimiterFaultTest {
    private static final long MEGABYTE = 1_000_000;

    /// A file that the server must keep on disk, and that never ends.
    private static final String UNFINISHED =
            """
            POST /v1/loads/crl HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/octet-stream\r
            Content-Length: 9000000\r
            \r
            begun""";

    @TempDir Path folder;

    private final AtomicLong usable = new AtomicLong(10_000 * MEGABYTE);

    private final UploadLimiter.Volume volume =
            new UploadLimiter.Volume() {
                @Override
                public long totalBytes() {
                    return 10_000 * MEGABYTE;
                }

                @Override
                public long usableBytes() {
                    return usable.get();
                }
            };

    private UploadLimiter limiter(Duration patience) {
        return new UploadLimiter(volume, patience);
    }

    @Test
    void a_caller_with_two_unfinished_uploads_gets_503_and_others_upload_still() throws Exception {
        List<Socket> hanging = new ArrayList<>();
        try (TestApiServer api = new TestApiServer(folder, new InMemoryStatusStore())) {
            SSLSocketFactory revoker = api.authority.client("revoker").context().getSocketFactory();
            for (int i = 0; i < UploadLimiter.MAX_UPLOADS_PER_CALLER; i++) {
                Socket socket =
                        revoker.createSocket(
                                InetAddress.getLoopbackAddress(), api.uri("").getPort());
                hanging.add(socket);
                socket.getOutputStream().write(UNFINISHED.getBytes(StandardCharsets.US_ASCII));
            }
            awaitActive(api, UploadLimiter.MAX_UPLOADS_PER_CALLER);

            HttpResponse<String> third = upload(api, "revoker");
            assertThat(third.statusCode()).as(third.body()).isEqualTo(503);
            assertThat(third.headers().firstValue("Retry-After")).isPresent();
            assertThat(third.body())
                    .contains("/v1/problems/busy", "revoker has 2 uploads under way");
            assertThat(api.server.refusedUploads()).containsEntry("caller", 1L);
            assertThat(upload(api, "operator").statusCode()).isEqualTo(422);

            close(hanging);
            awaitActive(api, 0);
            assertThat(upload(api, "revoker").statusCode()).isEqualTo(422);
        } finally {
            close(hanging);
        }
    }

    private static HttpResponse<String> upload(TestApiServer api, String role) {
        return api.send(
                role, "POST", "loads/crl", "not a CRL", "Content-Type", "application/octet-stream");
    }

    private static void awaitActive(TestApiServer api, int uploads) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (api.server.activeUploads() != uploads && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(api.server.activeUploads()).isEqualTo(uploads);
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void all_callers_together_have_eight_uploads() throws Exception {
        UploadLimiter limiter = limiter(Duration.ZERO);
        for (int i = 0; i < UploadLimiter.MAX_UPLOADS; i++) {
            limiter.begin("caller " + i / UploadLimiter.MAX_UPLOADS_PER_CALLER, 1);
        }

        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> limiter.begin("another", 1))
                .matches(it -> it.kind() == ApiException.Kind.BUSY)
                .withMessageContaining("8 uploads");
        assertThat(limiter.state().refused()).containsEntry(UploadLimiter.Limit.ALL, 1L);
    }

    @Test
    void an_upload_waits_until_another_of_its_caller_has_ended() throws Exception {
        UploadLimiter limiter = limiter(Duration.ofSeconds(20));
        UploadLimiter.Upload first = limiter.begin("one", 1);
        limiter.begin("one", 1);
        CompletableFuture<UploadLimiter.Upload> third =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return limiter.begin("one", 1);
                            } catch (ApiException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });

        first.close();

        assertThat(third.get(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(limiter.state().active()).isEqualTo(2);
    }

    @Test
    void uploads_that_fit_alone_do_not_fill_the_volume_together() throws Exception {
        usable.set(2_000 * MEGABYTE);
        UploadLimiter limiter = limiter(Duration.ZERO);
        UploadLimiter.Upload first = limiter.begin("one", 1_000 * MEGABYTE);

        assertNoRoom(() -> limiter.begin("two", 1_000 * MEGABYTE));

        // Written bytes are no longer claimed, but no longer usable either.
        usable.addAndGet(-500 * MEGABYTE);
        first.beforeWriting((int) (500 * MEGABYTE));
        assertNoRoom(() -> limiter.begin("two", 1_000 * MEGABYTE));
        UploadLimiter.Upload second = limiter.begin("two", 700 * MEGABYTE);
        second.close();

        first.close();
        usable.addAndGet(500 * MEGABYTE);
        limiter.begin("two", 1_000 * MEGABYTE).close();
        assertThat(limiter.state().active()).isZero();
        assertThat(limiter.state().refused()).containsEntry(UploadLimiter.Limit.SPACE, 2L);
    }

    @Test
    void an_upload_of_unknown_length_ends_at_the_reserve() throws Exception {
        usable.set(300 * MEGABYTE);
        UploadLimiter.Upload upload = limiter(Duration.ZERO).begin("one", 0);
        int written = 0;
        while (written < 49 * MEGABYTE) {
            upload.beforeWriting((int) MEGABYTE);
            usable.addAndGet(-MEGABYTE);
            written += (int) MEGABYTE;
        }

        assertNoRoom(() -> upload.beforeWriting((int) (2 * MEGABYTE)));
    }

    private static void assertNoRoom(ThrowingCallable upload) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(upload)
                .matches(it -> it.kind() == ApiException.Kind.BUSY)
                .withMessageContaining("has no room for");
    }
}
