package io.reflux.teacher.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UnaryDeadlineTest {

    private static final long SECONDS = 20;
    private static final String CHECK = "/grpc.health.v1.Health/Check";

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void callThatNobodyAnswers_endsWithDeadlineExceeded() throws Exception {
        HttpClientResponse answer = call(request -> {}, CHECK);

        assertThat(answer.getHeader("grpc-status")).isEqualTo("4");
        assertThat(answer.getHeader("grpc-message")).isEqualTo("call%3A%20not%20complete%20within%2050%20ms");
    }

    @Test
    void callThatIsAnswered_keepsItsAnswer() throws Exception {
        HttpClientResponse answer =
                call(request -> request.response().putHeader("grpc-status", "0").end(), CHECK);

        assertThat(answer.getHeader("grpc-status")).isEqualTo("0");
    }

    @Test
    void stream_hasNoDeadline() throws Exception {
        HttpClientResponse answer = call(
                request -> vertx.setTimer(
                        200,
                        late -> request.response().putHeader("grpc-status", "0").end()),
                "/reflux.v1.Distillation/Label");

        assertThat(answer.getHeader("grpc-status")).isEqualTo("0");
    }

    private HttpClientResponse call(Handler<HttpServerRequest> service, String path) throws Exception {
        Clients clients = new Clients(ClientLimits.DEFAULT, new Refusals(new SimpleMeterRegistry()), System::nanoTime);
        AccessGate gate = new AccessGate(vertx, null, clients, Duration.ofMillis(50), service);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    request.response().endHandler(end -> gate.ended(request));
                    gate.handle(request);
                })
                .listen(0, "127.0.0.1")
                .await(SECONDS, TimeUnit.SECONDS);
        HttpClientOptions http2 =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        return vertx.createHttpClient(http2)
                .request(HttpMethod.POST, server.actualPort(), "127.0.0.1", path)
                .compose(request -> request.send())
                .await(SECONDS, TimeUnit.SECONDS);
    }
}
