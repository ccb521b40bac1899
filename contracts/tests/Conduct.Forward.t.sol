// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Accusation} from "./Accusation.sol";

contract ConductForwardTest is Accusation {
    function test_onePayloadForTwoQueries_convicts() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = (_forward(0), _forward(0));
        b.query = keccak256("another query");
        _convicts(_bill(a, b), _hash(a), _hash(b));
    }

    function test_oneQueryInTwoPayloadsForTwoServices_convicts() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        b.service = author;
        _convicts(_bill(a, b), _hash(a), _hash(b));
    }

    /// @dev What an honest collaborator signs: other payloads of other queries, and one more than once.
    function test_honestForwards_doNotHold() public {
        IConduct.Forward memory a = _forward(0);
        _fails(_bill(a, a), offender);
        _fails(_bill(a, _forward(1)), offender);
        IConduct.Forward memory again = _forward(0);
        again.service = author;
        _fails(_bill(a, again), offender);
    }

    function test_twoCollaborators_doNotHold() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        b.collaborator = partner;
        _fails(_bill(a, b, _signed(0, offender, _hash(a)), _signed(1, partner, _hash(b))), offender);
        _fails(_bill(b, a, _signed(1, partner, _hash(b)), _signed(0, offender, _hash(a))), partner);
    }

    function test_eachFieldOfEitherChanged_doesNotHold() public {
        for (uint256 field = 0; field < 8; ++field) {
            (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
            bytes memory first = _signed(0, offender, _hash(a));
            bytes memory second = _signed(1, offender, _hash(b));
            IConduct.Forward memory changed = field < 4 ? a : b;
            if (field % 4 == 0) changed.collaborator = partner;
            else if (field % 4 == 1) changed.service = partner;
            else if (field % 4 == 2) changed.query = keccak256("other");
            else changed.payload = keccak256("other");
            _fails(_bill(a, b, first, second), a.collaborator);
        }
    }

    /// @dev That neither half could be signed for an unsigned one: each is checked against its own signature.
    function test_signaturesSwapped_doNotHold() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        _fails(_bill(a, b, _signed(1, offender, _hash(b)), _signed(0, offender, _hash(a))), offender);
    }

    /// @dev No key recovers to the account 0, but neither does a signature that is none.
    function test_statementsOfNobody_doNotHold() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        (a.collaborator, b.collaborator) = (address(0), address(0));
        _fails(_bill(a, b, "", ""), address(0));
        _fails(_bill(a, b, new bytes(65), new bytes(65)), address(0));
    }

    function test_replay_swappedOrInAnotherPair_reverts() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        IConduct.Forward memory c = _forward(0);
        c.payload = keccak256("a third payload");
        _convicts(_bill(a, b), _hash(a), _hash(b));
        bytes memory usedA = abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _hash(a));
        bytes memory usedB = abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _hash(b));
        _refuses(author, _bill(b, a), usedA);
        _refuses(author, _bill(a, c), usedA);
        _refuses(author, _bill(c, a), usedA);
        _refuses(author, _bill(b, c), usedB);
        _refuses(author, _bill(c, b), usedB);
        vm.assertEq(conduct.memberOf(offender).offences, 1);
    }

    /// @dev What nobody was convicted by can still be evidence.
    function test_aBillThatDoesNotHold_usesNothingUp() public {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(0);
        _call(author, _bill(a, _forward(1)));
        _call(author, _bill(_forward(1), b));
        _convicts(_bill(a, b), _hash(a), _hash(b));
    }

    /// @dev A forward says no time, so it is never too old.
    function test_longAfter_convicts() public {
        vm.warp(uint256(time) + 10 * uint256(KEEPING));
        _convicts(_accusation(0), _evidence(0), _other(0));
    }

    function _offence() internal pure override returns (IConduct.Offence) {
        return IConduct.Offence.DoubleClaim;
    }

    function _signatures() internal pure override returns (uint256) {
        return 2;
    }

    function _accusation(uint256 n) internal view override returns (bytes memory) {
        (IConduct.Forward memory a, IConduct.Forward memory b) = _pair(n);
        return _bill(a, b);
    }

    function _evidence(uint256 n) internal view override returns (bytes32) {
        return _hash(_forward(n));
    }

    function _other(uint256 n) internal view override returns (bytes32) {
        (, IConduct.Forward memory b) = _pair(n);
        return _hash(b);
    }

    function _pair(uint256 n) private view returns (IConduct.Forward memory a, IConduct.Forward memory b) {
        (a, b) = (_forward(n), _forward(n));
        b.payload = keccak256(abi.encode("another payload", n));
    }

    function _forward(uint256 n) private view returns (IConduct.Forward memory) {
        return
            IConduct.Forward(offender, stranger, keccak256(abi.encode("query", n)), keccak256(abi.encode("payload", n)));
    }

    function _bill(IConduct.Forward memory a, IConduct.Forward memory b) private view returns (bytes memory) {
        return _bill(a, b, _signed(0, offender, _hash(a)), _signed(1, offender, _hash(b)));
    }

    function _bill(IConduct.Forward memory a, IConduct.Forward memory b, bytes memory first, bytes memory second)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(IConduct.accuseDoubleClaim, ([a, b], [first, second]));
    }
}
