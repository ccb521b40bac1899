// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Members} from "./Members.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract ConductRulesTest is Members {
    uint32 private constant TOO_LONG = 2 ** 23;

    function test_rules_areKept() public view {
        vm.assertEq(keccak256(abi.encode(conduct.rules())), keccak256(abi.encode(_rules())));
        vm.assertEq(conduct.currency(), address(token));
        vm.assertEq(conduct.pot(), 0);
        vm.assertEq(conduct.standings(), bytes32(0));
    }

    function test_amounts_atLeastOne_fineAtMostTheBond() public {
        IConduct.Rules memory r = _rules();
        (r.bond, r.fine, r.dues) = (1, 1, 1);
        _works(r);
        (r.bond, r.fine) = (0, 0);
        _fails(r);
        r.bond = 1;
        _fails(r);
        r.fine = 2;
        _fails(r);
        (r.fine, r.dues) = (1, 0);
        _fails(r);
    }

    function test_permanentAfter_isTwoToTwenty() public {
        IConduct.Rules memory r = _rules();
        uint8[4] memory counts = [0, 1, 21, type(uint8).max];
        for (uint256 i = 0; i < counts.length; ++i) {
            r.permanentAfter = counts[i];
            _fails(r);
        }
        r.permanentAfter = 2;
        _works(r);
        r.permanentAfter = 20;
        _works(r);
    }

    function test_eachWindow_isAtLeastASecondAndShorterThanTheLongest() public {
        uint32[3] memory lengths = [0, TOO_LONG, type(uint32).max];
        for (uint256 window = 0; window < 7; ++window) {
            for (uint256 i = 0; i < lengths.length; ++i) {
                IConduct.Rules memory r = _rules();
                r.keeping = TOO_LONG - 1;
                _set(r, window, lengths[i]);
                _fails(r);
            }
            IConduct.Rules memory valid = _rules();
            valid.keeping = TOO_LONG - 1;
            if (window < 4) {
                _set(valid, window, TOO_LONG - 1);
                _works(valid);
            }
            _set(valid, window, window == 3 ? POSTING + DISPUTING + ANSWERING : 1);
            _works(valid);
        }
    }

    function test_keeping_outlivesTheDisputes() public {
        IConduct.Rules memory r = _rules();
        r.keeping = POSTING + DISPUTING + ANSWERING - 1;
        _fails(r);
        r.keeping = POSTING + DISPUTING + ANSWERING;
        _works(r);
        (r.posting, r.disputing, r.answering) = (TOO_LONG - 1, TOO_LONG - 1, TOO_LONG - 1);
        _fails(r);
    }

    function test_speed_isAtLeastOne_slackMayBeNone() public {
        IConduct.Rules memory r = _rules();
        (r.speed, r.slack) = (1, 0);
        _works(r);
        (r.speed, r.slack) = (type(uint32).max, type(uint32).max);
        _works(r);
        r.speed = 0;
        _fails(r);
    }

    function test_longestLock_doesNotOverflow() public {
        IConduct.Rules memory r = _rules();
        (r.lock, r.permanentAfter) = (TOO_LONG - 1, 20);
        conduct = _deploy(token, r, attestors, THRESHOLD);
        address offender = _newMember("offender");
        uint256 until = block.timestamp;
        for (uint256 n = 0; n < 21; ++n) {
            bytes32 evidence = keccak256(abi.encode(n));
            bytes32 typeHash = keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");
            bytes32 verdict = keccak256(abi.encode(typeHash, offender, 6, evidence, uint64(block.timestamp)));
            conduct.penalise(
                offender, IConduct.Offence.MissingReview, evidence, uint64(block.timestamp), _attest(verdict)
            );
            until = n < 19 ? until + uint256(TOO_LONG - 1) * 2 ** n : type(uint64).max;
            vm.assertEq(conduct.memberOf(offender).lockedUntil, until);
        }
    }

    function test_currency_hasToBeAContract() public {
        _expectError(IEscrow.UnsupportedToken.selector);
        this.deploy(IERC20(stranger), _rules(), attestors, THRESHOLD);
    }

    function deploy(IERC20 currency, IConduct.Rules memory rules, address[] memory accounts, uint8 threshold)
        external
        returns (IConduct)
    {
        return _deploy(currency, rules, accounts, threshold);
    }

    function _set(IConduct.Rules memory r, uint256 window, uint32 length) private pure {
        if (window == 0) r.lock = length;
        else if (window == 1) r.epoch = length;
        else if (window == 2) r.collecting = length;
        else if (window == 3) r.keeping = length;
        else if (window == 4) r.posting = length;
        else if (window == 5) r.disputing = length;
        else r.answering = length;
    }

    function _works(IConduct.Rules memory r) private {
        vm.assertEq(_deploy(token, r, attestors, THRESHOLD).rules().bond, r.bond);
    }

    function _fails(IConduct.Rules memory r) private {
        _expectError(IConduct.InvalidRules.selector);
        this.deploy(token, r, attestors, THRESHOLD);
    }
}
