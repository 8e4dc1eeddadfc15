package nara.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.answers.EmptyLedger;
import nara.simulation.adversary.answers.EndlessCursor;
import nara.simulation.adversary.answers.EqualSketch;
import nara.simulation.adversary.answers.FalseSketch;
import nara.simulation.adversary.answers.MixedForgeries;
import nara.simulation.adversary.answers.MoreThanAsked;
import nara.simulation.adversary.answers.RefusedModes;
import nara.simulation.adversary.answers.ShuffledEvents;
import nara.simulation.adversary.answers.SkippingCursor;
import nara.simulation.adversary.answers.WithheldRange;
import nara.simulation.adversary.calls.EventFlood;
import nara.simulation.adversary.calls.Goodbyes;
import nara.simulation.adversary.calls.OpenBodies;
import nara.simulation.adversary.calls.Replays;
import nara.simulation.adversary.calls.RequestFlood;
import nara.simulation.adversary.calls.SlowReaders;
import nara.simulation.adversary.calls.StolenAddresses;
import nara.simulation.adversary.calls.ZineFlood;
import nara.simulation.adversary.events.AmbiguousNames;
import nara.simulation.adversary.events.BrokenEvents;
import nara.simulation.adversary.events.ContestedVoterIds;
import nara.simulation.adversary.events.FatEvents;
import nara.simulation.adversary.events.ForgedEvents;
import nara.simulation.adversary.events.FutureCheckpoints;
import nara.simulation.adversary.events.FutureEvents;
import nara.simulation.adversary.events.HugeNumbers;
import nara.simulation.adversary.events.InventedNames;
import nara.simulation.adversary.events.PaddedForms;
import nara.simulation.adversary.events.QuadraticChain;
import nara.simulation.adversary.events.SelfSignedHeyTheres;
import nara.simulation.adversary.events.SignedFlood;
import nara.simulation.adversary.events.StrangerCopies;
import nara.simulation.adversary.events.StrippedSignatures;
import nara.simulation.adversary.events.UnsignedRestartFlood;
import nara.simulation.adversary.journeys.AlteredJourneys;
import nara.simulation.adversary.journeys.InventedJourneys;
import nara.simulation.adversary.journeys.ReplayedJourneys;
import nara.simulation.adversary.plaza.BrokenMessages;
import nara.simulation.adversary.plaza.ForgedAnnouncements;
import nara.simulation.adversary.plaza.ForgedBallots;
import nara.simulation.adversary.plaza.ForgedNewspapers;
import nara.simulation.adversary.plaza.ForgedProposals;
import nara.simulation.adversary.plaza.MovedHowdies;
import nara.simulation.adversary.plaza.PlazaFlood;
import nara.simulation.adversary.plaza.ReplayedMessages;
import nara.simulation.adversary.plaza.StaleMessages;
import nara.simulation.adversary.stash.FalseStashes;
import nara.simulation.adversary.stash.WantedStashes;
import nara.simulation.adversary.wire.BorrowedName;
import nara.simulation.adversary.wire.EndlessCheckpoints;
import nara.simulation.adversary.wire.ErrorAnswers;
import nara.simulation.adversary.wire.GarbageBodies;
import nara.simulation.adversary.wire.HangUps;
import nara.simulation.adversary.wire.ReconcileGarbage;
import nara.simulation.adversary.wire.SilenceAfterPing;
import nara.simulation.adversary.wire.SlowDrip;
import nara.simulation.adversary.wire.SwappedAnswers;
import nara.simulation.adversary.wire.TruncatedBodies;
import nara.simulation.adversary.wire.WrongSignatures;

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

  /** What hostile peers do in a village. */
  static final List<Supplier<Misbehaviour>> OF_VILLAGES =
      List.of(
          ForgedAnnouncements::new,
          ForgedNewspapers::new,
          MovedHowdies::new,
          ForgedBallots::new,
          ForgedProposals::new,
          ReplayedMessages::new,
          StaleMessages::new,
          PlazaFlood::new,
          BrokenMessages::new,
          AlteredJourneys::new,
          InventedJourneys::new,
          ReplayedJourneys::new,
          WantedStashes::new,
          FalseStashes::new,
          ForgedEvents::new);

  private Catalogue() {}

  /** One to three of those of villages. */
  static List<Misbehaviour> drawForVillage(SplittableRandom random) {
    List<Misbehaviour> drawn = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      drawn.add(OF_VILLAGES.get(random.nextInt(OF_VILLAGES.size())).get());
    }
    return drawn;
  }

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
