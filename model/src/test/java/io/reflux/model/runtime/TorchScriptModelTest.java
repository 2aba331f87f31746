package io.reflux.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ModelException;
import io.reflux.model.script.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TorchScriptModelTest extends InferenceModelContract {

    private static final String LINEAR = """
            class Linear(Module):
              __parameters__ = []
              __buffers__ = []
              def forward(self: __torch__.Linear, x: Tensor) -> Tensor:
                w = torch.reshape(torch.tensor([1., 2., 2., 3., 3., 5.]), [3, 2])
                return torch.add(torch.matmul(x, w), torch.tensor([0.5, 1.5]))
            """;

    private static final String WITH_HINT = """
            class Linear(Module):
              __parameters__ = []
              __buffers__ = []
              def forward(self: __torch__.Linear, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
                w = torch.reshape(torch.tensor([1., 2., 2., 3., 3., 5.]), [3, 2])
                u = torch.reshape(torch.tensor([1., 1., -1.]), [3, 1])
                y = torch.add(torch.matmul(x, w), torch.tensor([0.5, 1.5]))
                hint = torch.matmul(torch.relu(x), u)
                return (y, hint, torch.sum(hint))
            """;

    @TempDir
    private Path folder;

    @Override
    InferenceModel openLinear() {
        return TorchScriptModel.open(write(TorchScriptArchive.of("Linear", LINEAR)), List.of(3L), "cpu");
    }

    @Override
    InferenceModel openWithHint() {
        return TorchScriptModel.open(write(TorchScriptArchive.of("Linear", WITH_HINT)), List.of(3L), "cpu");
    }

    @Test
    void open_hints_areNumberedAndThoseThatAreNotAreRefused() {
        Path file = write(TorchScriptArchive.of("Linear", WITH_HINT));

        try (TorchScriptModel model = TorchScriptModel.open(file, List.of(3L), List.of("output1"), "cpu")) {
            assertThat(model.outputs()).extracting(ModelOutput::name).containsExactly("logits", "output1");
        }
        assertThatThrownBy(() -> TorchScriptModel.open(file, List.of(3L), List.of("output3"), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": output output3 (expected: the name of one; nearest: output1, output2, logits)");
        assertThatThrownBy(() -> TorchScriptModel.open(file, List.of(3L), List.of("output2"), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        file + ": output output2: FLOAT[] (expected: FLOAT[batch, ...] with all but the batch fixed)");
    }

    @Test
    void open_otherSampleShape_isRefused() {
        Path file = write(TorchScriptArchive.of("Linear", LINEAR));

        assertThatThrownBy(() -> TorchScriptModel.open(file, List.of(4L), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": fails on samples of shape [4] (expected: to take them)");
    }

    @Test
    void open_truncatedOrMissing_isRefused() {
        byte[] archive = TorchScriptArchive.of("Linear", LINEAR);
        Path file = write(Arrays.copyOf(archive, archive.length / 2));

        assertThatThrownBy(() -> TorchScriptModel.open(file, List.of(3L), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessage(file + ": not TorchScript (expected: a file of torch.jit.save)");
        assertThatThrownBy(() -> TorchScriptModel.open(folder.resolve("none.pt"), List.of(3L), "cpu"))
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith("none.pt: cannot be read (expected: a TorchScript file)");
    }

    private Path write(byte[] bytes) {
        try {
            return Files.write(folder.resolve("model.pt"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
