package org.precertocsp.responder.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests that the process sends to itself, so that its code is loaded and compiled before the
/// first client comes. They take the way of all others, from the connection handler to the reply,
/// but through connections inside the virtual machine: no reply ever leaves it.
public final class Rehearsal {
    private static final int CONNECTIONS = 8;
    private static final long END_MILLIS = 1_000;

    private final List<byte[]> requests;
    private final int rounds;
    private final long end;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(CONNECTIONS);

    private Rehearsal(List<byte[]> requests, int rounds, Duration atMost) {
        this.requests = requests;
        this.rounds = rounds;
        this.end = System.nanoTime() + atMost.toNanos();
    }

    /// Answers the requests `rounds` times, or until the time is over. Blocks meanwhile.
    ///
    /// @param answering with metrics of its own
    /// @param requests each a DER OCSPRequest; at least one
    /// @return how many were answered
    public static int run(
            HttpConfig config,
            OcspServiceConfig answering,
            InstantSource clock,
            List<byte[]> requests,
            int rounds,
            Duration atMost) {
        ServerContext endpoint = ServerContext.of(config, answering, clock);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            Rehearsal rehearsal =
                    new Rehearsal(
                            requests.stream().map(der -> post(config.path(), der)).toList(),
                            rounds,
                            atMost);
            rehearsal.connect(endpoint, loop);
            boolean _ = rehearsal.open.await(atMost.toMillis() + END_MILLIS, TimeUnit.MILLISECONDS);
            return rehearsal.next.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 0;
        } finally {
            endpoint.connections().drain(Duration.ZERO);
            endpoint.answerer().close();
            loop.shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
    }

    private static byte[] post(String path, byte[] der) {
        byte[] head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, der.length)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + der.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(der, 0, request, head.length, der.length);
        return request;
    }

    private void connect(ServerContext endpoint, EventLoopGroup loop) {
        Channel listener =
                new ServerBootstrap()
                        .group(loop)
                        .channel(LocalServerChannel.class)
                        .childHandler(new OcspHttpServer.OcspChannelInitializer(endpoint))
                        .bind(LocalAddress.ANY)
                        .syncUninterruptibly()
                        .channel();
        Bootstrap client = new Bootstrap().group(loop).channel(LocalChannel.class);
        for (int i = 0; i < CONNECTIONS; i++) {
            client.handler(new Client()).connect(listener.localAddress()).syncUninterruptibly();
        }
    }

    /// Sends a request, and the next when it was answered.
    private final class Client extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            send(ctx);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object reply) {
            ReferenceCountUtil.release(reply);
            send(ctx);
        }

        private void send(ChannelHandlerContext ctx) {
            int number = next.getAndIncrement();
            if (number >= requests.size() * rounds || System.nanoTime() - end > 0) {
                next.getAndDecrement();
                var _ = ctx.close();
                return;
            }
            var _ =
                    ctx.writeAndFlush(
                            Unpooled.wrappedBuffer(requests.get(number % requests.size())));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open.countDown();
        }
    }
}
