// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Members} from "./Members.sol";

/// @dev What is true of every penalty bill. Each kind says how to make one that holds, any number of different ones.
abstract contract Accusation is Members {
    enum Spoil {
        None,
        OtherSigner,
        OtherChain,
        OtherContract,
        HighS,
        OtherV,
        Short,
        Empty
    }

    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    int32 internal constant LATITUDE = 39_904_200;
    int32 internal constant LONGITUDE = 116_407_400;
    uint32 internal constant RADIUS = 500;

    address internal offender;
    address internal author;
    address internal partner;
    /// @dev Of the statements.
    uint64 internal time;
    Spoil private _spoil;
    uint256 private _spoilt;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(START + 30 days);
        time = uint64(block.timestamp);
        author = _newMember("author");
        partner = _newMember("partner");
        _become(_newMember("offender"));
    }

    function _offence() internal view virtual returns (IConduct.Offence);

    /// @dev Number n of different ones that hold against the offender.
    function _accusation(uint256 n) internal view virtual returns (bytes memory);

    function _evidence(uint256 n) internal view virtual returns (bytes32);

    /// @dev Which of a pair is found to be used; else the evidence itself.
    function _other(uint256 n) internal view virtual returns (bytes32) {
        return _evidence(n);
    }

    /// @dev Who gets the fine; 0 for the pot.
    function _wronged() internal view virtual returns (address) {
        return address(0);
    }

    function _signatures() internal pure virtual returns (uint256) {
        return 1;
    }

    function _become(address account) internal virtual {
        offender = account;
    }

    function test_holds_convicts() public {
        _convicts(_accusation(0), _evidence(0), _other(0));
        uint64 until = conduct.memberOf(offender).lockedUntil;
        vm.assertEq(until, block.timestamp + LOCK);
        vm.warp(until);
        vm.assertTrue(!conduct.isAllowed(offender), "that second included");
        vm.warp(until + 1);
        vm.assertTrue(conduct.isAllowed(offender), "over");
        vm.assertTrue(conduct.isAllowed(author) && conduct.isAllowed(partner), "nobody else");
    }

    function test_furtherOffences_lockTwiceAsLongEachUntilForEver() public {
        for (uint256 n = 0; n < PERMANENT_AFTER + 2; ++n) {
            _convicts(_accusation(n), _evidence(n), _other(n));
            uint256 until = n + 1 < PERMANENT_AFTER ? block.timestamp + LOCK * (2 ** (n + 1) - 1) : type(uint64).max;
            vm.assertEq(conduct.memberOf(offender).lockedUntil, until, "lock");
        }
        vm.assertEq(conduct.memberOf(offender).bond, 0, "as far as it reached");
        vm.warp(type(uint64).max);
        vm.assertTrue(!conduct.isAllowed(offender), "for ever");
    }

    function test_laterOffence_locksFromThen() public {
        _convicts(_accusation(0), _evidence(0), _other(0));
        vm.warp(block.timestamp + LOCK + 1);
        _convicts(_accusation(1), _evidence(1), _other(1));
        vm.assertEq(conduct.memberOf(offender).lockedUntil, block.timestamp + 2 * LOCK);
    }

    function test_sameEvidenceTwice_reverts() public {
        _convicts(_accusation(0), _evidence(0), _other(0));
        bytes memory used = abi.encodeWithSelector(IConduct.AlreadyPenalised.selector, _other(0));
        _refuses(author, _accusation(0), used);
        _refuses(partner, _accusation(0), used);
        vm.assertEq(conduct.memberOf(author).bond, BOND, "costs nothing");
    }

    function test_authorWithoutABond_reverts() public {
        address poor = _newcomer("poor");
        _refuses(poor, _accusation(0), abi.encodeWithSelector(IConduct.BondTooLow.selector, 0, FINE));
        vm.prank(poor);
        conduct.addBond(FINE - 1);
        _refuses(poor, _accusation(0), abi.encodeWithSelector(IConduct.BondTooLow.selector, FINE - 1, FINE));
        vm.prank(poor);
        conduct.addBond(1);
        author = poor;
        _convicts(_accusation(0), _evidence(0), _other(0));
    }

    function test_offenderWithoutABond_isLockedAllTheSame() public {
        _become(_signer("nobody"));
        _convicts(_accusation(0), _evidence(0), _other(0));
        vm.assertEq(conduct.memberOf(offender).offences, 1);
        vm.assertTrue(!conduct.isAllowed(offender), "locked");
        vm.assertEq(conduct.setAside(_wronged()), 0, "nothing to get");
    }

    function test_offenderWhoMovedToAnotherAccount_isLockedThere() public {
        (address old, address moved) = (offender, _newcomer("moved"));
        _join(moved, BOND, _subject(old));
        _convicts(_accusation(0), _evidence(0), _other(0));
        vm.assertTrue(!conduct.isAllowed(moved), "the person");
        vm.assertEq(conduct.memberOf(moved).offences, 1);
        vm.assertEq(conduct.memberOf(old).bond, BOND - FINE);
        vm.assertEq(conduct.memberOf(moved).bond, BOND, "the account that did it pays");
    }

    function test_offenderWhoResigned_paysAsLongAsItIsEvidence() public {
        vm.prank(offender);
        conduct.resign();
        vm.warp(uint256(time) + KEEPING);
        vm.prank(offender);
        _expectError(IConduct.BondKept.selector, abi.encode(uint256(time) + KEEPING));
        conduct.takeBond(1, offender);
        _convicts(_accusation(0), _evidence(0), _other(0));
        vm.assertEq(conduct.memberOf(offender).bond, BOND - FINE);
    }

    function test_badSignatures_doNotHold() public {
        for (uint256 k = 0; k < _signatures(); ++k) {
            for (uint256 s = 1; s <= uint256(type(Spoil).max); ++s) {
                (_spoil, _spoilt) = (Spoil(s), k);
                _fails(_accusation(0), offender);
            }
        }
        _spoil = Spoil.None;
        _convicts(_accusation(0), _evidence(0), _other(0));
    }

    function test_afterAFork_signaturesOfTheOtherChainDoNotHold() public {
        bytes memory before = _accusation(0);
        vm.chainId(777);
        _fails(before, offender);
        _convicts(_accusation(0), _evidence(0), _other(0));
    }

    function test_falselyAccusingOneself_isNoWayToTheBond() public {
        (_spoil, _spoilt) = (Spoil.Empty, 0);
        (address accused, address other) = (offender, author);
        author = offender;
        uint256 pot = conduct.pot();
        _call(author, _accusation(0));
        vm.assertEq(conduct.memberOf(accused).bond, BOND - FINE);
        vm.assertEq(conduct.setAside(accused), 0, "not to oneself");
        vm.assertEq(conduct.pot(), pot + FINE);
        vm.assertEq(conduct.memberOf(other).bond, BOND);
    }

    function _convicts(bytes memory accusation, bytes32 evidence) internal {
        _convicts(accusation, evidence, evidence);
    }

    /// @dev It holds, and what follows is what the interface says.
    function _convicts(bytes memory accusation, bytes32 evidence, bytes32 other) internal {
        IConduct.Member memory was = conduct.memberOf(offender);
        (uint256 pot, uint256 owed) = (conduct.pot(), conduct.setAside(_wronged()));
        uint256 bond = conduct.memberOf(author).bond;
        uint256 fine = was.bond < FINE ? was.bond : FINE;
        uint32 offences = was.offences + 1;
        uint256 from = was.lockedUntil > block.timestamp ? was.lockedUntil : block.timestamp;
        uint64 until = offences < PERMANENT_AFTER ? uint64(from + LOCK * 2 ** (offences - 1)) : type(uint64).max;
        if (other == evidence) other = 0;
        vm.expectEmit(address(conduct));
        emit IConduct.Penalised(offender, _offence(), evidence, other, author, offences, until, fine);
        _call(author, accusation);
        IConduct.Member memory member = conduct.memberOf(offender);
        vm.assertEq(member.bond, was.bond - fine, "offender's bond");
        vm.assertEq(member.offences, offences, "offences");
        vm.assertEq(member.lockedUntil, until, "locked until");
        vm.assertEq(conduct.pot(), pot + (_wronged() == address(0) ? fine : 0), "pot");
        vm.assertEq(conduct.setAside(_wronged()), owed + (_wronged() == address(0) ? 0 : fine), "to the wronged");
        if (author != offender) vm.assertEq(conduct.memberOf(author).bond, bond, "author's bond");
    }

    /// @dev It does not hold: its author pays. Nothing remains of it, so that the next one finds the same state.
    function _fails(bytes memory accusation, address accused) internal {
        uint256 snapshot = vm.snapshotState();
        IConduct.Member memory was = conduct.memberOf(offender);
        (uint256 pot, uint256 bond) = (conduct.pot(), conduct.memberOf(author).bond);
        vm.expectEmit(address(conduct));
        emit IConduct.FalselyAccused(author, accused, _offence(), FINE);
        _call(author, accusation);
        IConduct.Member memory member = conduct.memberOf(offender);
        vm.assertEq(member.bond, was.bond, "accused's bond");
        vm.assertEq(member.offences, was.offences, "accused's offences");
        vm.assertEq(member.lockedUntil, was.lockedUntil, "accused's lock");
        vm.assertEq(conduct.memberOf(author).bond, bond - FINE, "author's bond");
        vm.assertEq(conduct.setAside(accused), 0, "not to the accused");
        vm.assertEq(conduct.pot(), pot + FINE, "pot");
        vm.revertToState(snapshot);
    }

    function _refuses(address caller, bytes memory accusation, bytes memory failure) internal {
        vm.prank(caller);
        (bool succeeded, bytes memory result) = address(conduct).call(accusation);
        vm.assertTrue(!succeeded, "must revert");
        vm.assertEq(keccak256(result), keccak256(failure));
    }

    function _call(address caller, bytes memory accusation) internal {
        vm.prank(caller);
        (bool succeeded,) = address(conduct).call(accusation);
        vm.assertTrue(succeeded, "must not revert");
    }

    /// @dev Signature number k of an accusation, which may be the one to spoil.
    function _signed(uint256 k, address signer, bytes32 structHash) internal view returns (bytes memory signature) {
        Spoil spoil = k == _spoilt ? _spoil : Spoil.None;
        uint256 chain = spoil == Spoil.OtherChain ? block.chainid + 1 : block.chainid;
        address verifier = spoil == Spoil.OtherContract ? address(this) : address(conduct);
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(keys[spoil == Spoil.OtherSigner ? attestors[0] : signer], _digest(chain, verifier, structHash));
        if (spoil == Spoil.HighS || spoil == Spoil.OtherV) v = 55 - v;
        if (spoil == Spoil.HighS) s = bytes32(CURVE_ORDER - uint256(s));
        if (spoil == Spoil.Short) return abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255)); // ERC-2098
        if (spoil == Spoil.Empty) return "";
        return abi.encodePacked(r, s, v);
    }

    function _request(address requester, uint256 n) internal view returns (IConduct.ZoneRequest memory r) {
        (r.requester, r.zone, r.time, r.size, r.radius) = (requester, keccak256(abi.encode("zone", n)), time, 5, RADIUS);
        (r.latitude, r.longitude) = (LATITUDE, LONGITUDE);
        (r.standings, r.reputation, r.zones) = (conduct.standings(), 700_000, 9);
    }

    function _place(int32 latitude, int32 longitude) internal pure returns (IConduct.Place memory) {
        return IConduct.Place(latitude, longitude, keccak256(abi.encode("salt", latitude, longitude)));
    }

    function _answer(address collaborator, IConduct.ZoneRequest memory request, IConduct.Place memory place)
        internal
        pure
        returns (IConduct.ZoneAnswer memory)
    {
        return IConduct.ZoneAnswer(collaborator, _hash(request), request.time, _hash(place), keccak256("sealed"));
    }
}

/// @dev Of those whose statements say a time.
abstract contract DatedAccusation is Accusation {
    function test_tooOld_fromTheSecondAfterKeeping() public {
        vm.warp(uint256(time) + KEEPING + 1);
        _refuses(author, _accusation(0), abi.encodeWithSelector(IConduct.TooOld.selector, time));
        vm.warp(uint256(time) + KEEPING);
        _convicts(_accusation(0), _evidence(0), _other(0));
    }

    function test_fromTheFuture_convicts() public {
        time = uint64(block.timestamp) + 1;
        _convicts(_accusation(0), _evidence(0), _other(0));
        time = type(uint64).max;
        _convicts(_accusation(1), _evidence(1), _other(1));
    }

    function test_timeZero_isTooOld() public {
        time = 0;
        _refuses(author, _accusation(0), abi.encodeWithSelector(IConduct.TooOld.selector, uint64(0)));
    }
}
