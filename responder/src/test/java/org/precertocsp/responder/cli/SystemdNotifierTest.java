package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemdNotifierTest {
    @TempDir Path directory;

    @Test
    void manager_hears_of_readiness_and_of_the_end() throws Exception {
        String socket = directory.resolve("notify").toString();
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel _ = listen(group, socket, heard);

            new SystemdNotifier(socket).ready();
            new SystemdNotifier(socket).stopping();

            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("READY=1");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel listen(EventLoopGroup group, String socket, BlockingQueue<String> heard)
            throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(
                        new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                            @Override
                            protected void channelRead0(
                                    ChannelHandlerContext context, DomainDatagramPacket packet) {
                                heard.add(packet.content().toString(StandardCharsets.US_ASCII));
                            }
                        })
                .bind(new DomainSocketAddress(socket))
                .sync()
                .channel();
    }

    @Test
    void without_a_service_manager_start_and_end_go_on() {
        for (SystemdNotifier supervisor :
                List.of(new SystemdNotifier(null), new SystemdNotifier(""))) {
            assertThatCode(supervisor::ready).doesNotThrowAnyException();
            assertThatCode(supervisor::stopping).doesNotThrowAnyException();
        }
    }

    @Test
    void manager_that_cannot_be_reached_is_named() {
        String socket = directory.resolve("nobody").toString();

        assertThatThrownBy(() -> new SystemdNotifier(socket).ready())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("READY=1")
                .hasMessageContaining(socket);
        assertThatThrownBy(() -> new SystemdNotifier("/" + "x".repeat(200)).ready())
                .hasMessageContaining("too long");
    }
}
