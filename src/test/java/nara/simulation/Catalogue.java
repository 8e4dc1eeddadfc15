package nara.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.answers.*;
import nara.simulation.adversary.calls.*;
import nara.simulation.adversary.events.*;
import nara.simulation.adversary.wire.*;

/** All misbehaviours. */
final class Catalogue {
  static final List<Supplier<Misbehaviour>> ALL =
      List.of(
          SelfSignedHeyTheres::new,
          ForgedEvents::new,
          UnsignedRestartFlood::new,
          () -> new SignedFlood(1),
          () -> new SignedFlood(50),
          PaddedForms::new,
          StrangerCopies::new,
          FatEvents::new,
          FutureEvents::new,
          FutureCheckpoints::new,
          ContestedVoterIds::new,
          QuadraticChain::new,
          InventedNames::new,
          BrokenEvents::new,
          StrippedSignatures::new,
          AmbiguousNames::new,
          HugeNumbers::new,
          FalseSketch::new,
          EqualSketch::new,
          EndlessCursor::new,
          SkippingCursor::new,
          WithheldRange::new,
          () -> new EmptyLedger(0),
          () -> new EmptyLedger(2),
          ShuffledEvents::new,
          MoreThanAsked::new,
          MixedForgeries::new,
          () -> new RefusedModes(400),
          () -> new RefusedModes(404),
          () -> new RefusedModes(500),
          SilenceAfterPing::new,
          SlowDrip::new,
          TruncatedBodies::new,
          HangUps::new,
          WrongSignatures::new,
          SwappedAnswers::new,
          ErrorAnswers::new,
          GarbageBodies::new,
          EndlessCheckpoints::new,
          BorrowedName::new,
          ReconcileGarbage::new,
          ZineFlood::new,
          EventFlood::new,
          StolenAddresses::new,
          Goodbyes::new,
          Replays::new,
          RequestFlood::new,
          OpenBodies::new,
          SlowReaders::new);

  private Catalogue() {}

  /** One to four of them. */
  static List<Misbehaviour> draw(SplittableRandom random) {
    List<Misbehaviour> drawn = new ArrayList<>();
    int count = 1 + (random.nextInt(3) == 0 ? random.nextInt(4) : 0);
    for (int i = 0; i < count; i++) {
      drawn.add(ALL.get(random.nextInt(ALL.size())).get());
    }
    return drawn;
  }
}
