package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ModelException;
import org.junit.jupiter.api.Test;

final class TorchGraphModelTest extends InferenceModelContract {

    @Override
    InferenceModel openLinear() {
        return TorchGraphModel.open(linear(-1), "cpu");
    }

    @Override
    InferenceModel openWithHint() {
        return TorchGraphModel.open(withHint(), "cpu");
    }

    @Test
    void open_deviceThatIsNone_isRefused() {
        assertThatThrownBy(() -> TorchGraphModel.open(linear(-1), "tpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage("device: tpu (expected: auto, cpu, cuda or cuda:N)");
        assertThatThrownBy(() -> TorchGraphModel.open(linear(-1), "cuda:99"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("device: cuda:99 (expected: cpu");
    }

    @Test
    void digest_isThatOfTheGraph() {
        try (InferenceModel model = openLinear()) {
            assertThat(model.digest()).isEqualTo(linear(-1).digest());
        }
    }
}
